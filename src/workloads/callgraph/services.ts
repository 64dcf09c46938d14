import type { FileSpec } from '../../kernel/abi.ts';
import type { Script } from '../script.ts';

/** A system call that functions of a graph make. */
interface Service {
  readonly doc: string;
  readonly files: readonly FileSpec[];
  readonly call: (script: Script) => void;
}

/** Pages of the file and bytes of a read or a line of the log. */
const FILE_PAGES = 64;
const BYTES = 512;

/** System calls by name. A new one is a row here. */
export const SERVICES = {
  pread64: {
    doc: '512 bytes of a cached file',
    files: [{ kind: 'pagecache', pages: FILE_PAGES }],
    call: (script) => script.syscall('pread64', 0, BYTES, 0),
  },
  write: {
    doc: '512 bytes to a log',
    files: [{ kind: 'log' }],
    call: (script) => script.syscall('write', 0, BYTES),
  },
  getppid: { doc: 'nothing but the crossing', files: [], call: (script) => script.syscall('getppid') },
} as const satisfies Readonly<Record<string, Service>>;

/** Name of a service. */
export type ServiceName = keyof typeof SERVICES;
