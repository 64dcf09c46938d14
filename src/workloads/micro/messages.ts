import type { FileSpec } from '../../kernel/abi.ts';
import type { Operation } from './operation.ts';

const SENDER = 0;
const RECEIVER = 1;
const PAIR: readonly FileSpec[] = [
  { kind: 'unix', id: 0, end: 0 },
  { kind: 'unix', id: 0, end: 1 },
];

/** Halves of a message between two sockets of one thread: one call timed, the other made before the next. */
export const messageOperations = {
  'unix-send': {
    doc: 'sendto of bytes to an AF_UNIX stream socket for which nobody waits',
    files: () => PAIR,
    measured: {
      loop: (t, { bytes }) => t.sys('sendto', SENDER, bytes),
      between: (t, { bytes }) => t.sys('recvfrom', RECEIVER, bytes),
    },
  },
  'unix-receive': {
    doc: 'recvfrom of bytes that wait in an AF_UNIX stream socket',
    files: () => PAIR,
    measured: {
      prepare: (t, { bytes }) => t.sys('sendto', SENDER, bytes),
      loop: (t, { bytes }) => t.sys('recvfrom', RECEIVER, bytes),
      between: (t, { bytes }) => t.sys('sendto', SENDER, bytes),
    },
  },
} as const satisfies Record<string, Operation>;
