import type { CallName, FileSpec } from '../../kernel/abi.ts';
import { LINES_PER_PAGE } from '../../sim/units.ts';
import type { MicroProgram, Operation, Sizes } from './operation.ts';

/** Descriptors of a ring of pipes: process i reads pipe i and writes pipe i + 1. */
const ring = ({ processes }: Sizes): readonly FileSpec[] =>
  Array.from({ length: processes }, (_, id) => [
    { kind: 'pipe', id, end: 0 } as const,
    { kind: 'pipe', id, end: 1 } as const,
  ]).flat();

/** One process of the ring: waits for the token, reads its own memory, hands the token on. The first one begins. */
function member(index: number): MicroProgram {
  return {
    loop: function* (t, { processes, pages }) {
      const next = (index + 1) % processes;
      if (index === 0) yield* t.sys('write', next * 2 + 1, 1);
      yield* t.sys('read', index * 2, 1);
      if (pages > 0) yield* t.touch(t.env.lineOf('set'), pages * LINES_PER_PAGE, false);
      if (index > 0) yield* t.sys('write', next * 2 + 1, 1);
    },
  };
}

/** A round trip of a byte between two ends of a kind. */
function pingPong(kind: 'unix' | 'tcp', [send, receive]: readonly [CallName, CallName]): Operation {
  return {
    doc: `a byte there and back between two processes: ${kind}`,
    files: () => [
      { kind, id: 0, end: 0 },
      { kind, id: 0, end: 1 },
    ],
    measured: {
      loop: function* (t) {
        yield* t.sys(send, 0, 1);
        yield* t.sys(receive, 0, 1);
      },
    },
    processes: () => [
      {
        loop: function* (t) {
          yield* t.sys(receive, 1, 1);
          yield* t.sys(send, 1, 1);
        },
      },
    ],
  };
}

const PING = 0;
const PONG = 1;

/** Instructions of the loop of a thread that waits for signals, and how many times it goes round before it makes a call. */
const SPIN = 200;
const ROUNDS = 2000;
const HANDLER_INSTRUCTIONS = 20;

/** A thread signals another one that computes, and waits until its handler has run and it is back at its work. */
const remoteSignal: Operation = {
  doc: 'signal to a thread that computes on another core, until it is back from its handler; it makes a call every 400 000 instructions',
  measured: {
    loop: function* (t) {
      while (t.env.words[PONG] === 0) yield* t.work(HANDLER_INSTRUCTIONS);
      const target = t.env.words[PONG];
      t.env.words[PONG] = 0;
      yield* t.sys('tgkill', target);
      while (t.env.words[PONG] === 0) yield* t.work(HANDLER_INSTRUCTIONS);
    },
  },
  threads: () => [
    {
      prepare: function* (t) {
        return (t.env.words[PONG] = yield* t.sys('gettid'));
      },
      loop: function* (t, _sizes, self) {
        for (let round = 0; round < ROUNDS && t.env.words[PING] === 0; round++) yield* t.work(SPIN);
        yield* t.sys('getppid');
        yield* t.leaveLoop();
        yield* t.enterLoop();
        if (t.env.words[PING] === 1) t.env.words[PONG] = Number(self);
        t.env.words[PING] = 0;
      },
    },
  ],
  handler: function* (t) {
    yield* t.handle(HANDLER_INSTRUCTIONS);
    t.env.words[PING] = 1;
  },
};

/** Switches between threads and processes. */
export const switchOperations = {
  ring: {
    doc: 'a token through a ring of pipes, once round; each process reads its pages when it has it',
    files: ring,
    measured: member(0),
    processes: ({ processes }) => Array.from({ length: processes - 1 }, (_, i) => member(i + 1)),
  },
  'ring-self': {
    doc: 'what a ring takes without its switches: one thread writes and reads every pipe of it, and reads as many pages as all',
    files: ring,
    measured: {
      loop: function* (t, { processes, pages }) {
        for (let i = 0; i < processes; i++) {
          yield* t.sys('write', i * 2 + 1, 1);
          yield* t.sys('read', i * 2, 1);
          if (pages > 0) yield* t.touch(t.env.lineOf('set'), pages * LINES_PER_PAGE, false);
        }
      },
    },
  },
  unix: pingPong('unix', ['write', 'read']),
  tcp: pingPong('tcp', ['sendto', 'recvfrom']),
  eventfd: {
    doc: 'a counter there and back between two threads',
    files: () => [
      { kind: 'eventfd', blocking: true },
      { kind: 'eventfd', blocking: true },
    ],
    measured: { loop: (t) => swap(t, PING, PONG) },
    threads: () => [{ loop: (t) => swapBack(t, PING, PONG) }],
  },
  futex: {
    doc: 'a futex there and back between two threads',
    measured: {
      loop: function* (t) {
        t.env.words[PING] = 1;
        yield* t.sys('futex_wake', PING, 1);
        while (t.env.words[PONG] === 0) yield* t.sys('futex_wait', PONG, 0);
        t.env.words[PONG] = 0;
      },
    },
    threads: () => [
      {
        loop: function* (t) {
          while (t.env.words[PING] === 0) yield* t.sys('futex_wait', PING, 0);
          t.env.words[PING] = 0;
          t.env.words[PONG] = 1;
          yield* t.sys('futex_wake', PONG, 1);
        },
      },
    ],
  },
  'signal-remote': remoteSignal,
  'yield-pair': {
    doc: 'sched_yield of two threads on one core, once each',
    measured: { loop: (t) => t.sys('sched_yield') },
    threads: () => [{ loop: (t) => t.sys('sched_yield') }],
  },
} as const satisfies Record<string, Operation>;

function* swap(t: Parameters<MicroProgram['loop']>[0], mine: number, theirs: number): Generator<void, void, number> {
  yield* t.sys('write', mine, 8);
  yield* t.sys('read', theirs, 8);
}

function* swapBack(
  t: Parameters<MicroProgram['loop']>[0],
  mine: number,
  theirs: number,
): Generator<void, void, number> {
  yield* t.sys('read', mine, 8);
  yield* t.sys('write', theirs, 8);
}
