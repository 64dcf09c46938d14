import type { Core } from '../hw/core.ts';
import { LINE_BYTES } from '../sim/units.ts';
import type { KernelPath } from './path.ts';

/** Instructions to move one line (rep movsb moves it in a few cycles; its misses come on top). Assumed. */
const INSTRUCTIONS_PER_LINE = 4;

/** Copies bytes between kernel and user memory through the caches: the set-up path, then line by line. */
export function copyLines(core: Core, path: KernelPath, fromLine: number, toLine: number, bytes: number): void {
  const lines = Math.ceil(bytes / LINE_BYTES);
  core.execute(path.codeLine, path.codeLines, path.instructions + lines * INSTRUCTIONS_PER_LINE);
  core.memory.touch(fromLine, lines, false);
  core.memory.touch(toLine, lines, true);
}
