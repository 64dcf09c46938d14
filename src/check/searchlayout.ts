import { makeLayout } from '../kernel/semantics/layout.ts';
import type { Layout } from '../kernel/semantics/layout.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { OPERATION_CODES } from '../kernel/semantics/operations.ts';
import type { Alphabet } from './alphabet.ts';

/** The smallest layout that holds what an alphabet's bounds allow. */
export function layoutFor(alphabet: Alphabet, operations: readonly Operation[]): Layout {
  const needsLibrary = operations.some(({ code }) => code === OPERATION_CODES.dlopenDecl);
  const pages = needsLibrary ? 6 : 5;
  const spaces = 1 + alphabet.processes;
  const cores = Math.min(2, alphabet.threads + alphabet.processes);
  return makeLayout({
    threads: alphabet.threads + alphabet.processes,
    processes: spaces,
    spaces,
    pages,
    frames: pages * spaces + 3 + (cores > 1 ? 4 : 0),
    cores,
    slots: alphabet.depth,
    kernelFrames: alphabet.frames,
    signals: 1,
    pins: 1,
  });
}
