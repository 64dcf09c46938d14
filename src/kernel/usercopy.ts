import type { Core } from '../hw/core.ts';
import { Op, OpStream } from '../hw/opstream.ts';
import { LINE_BYTES, LINES_PER_PAGE } from '../sim/units.ts';
import { runInstructions, type KernelPath } from './path.ts';

/** Instructions to move one line (rep movsb moves it in a few cycles; its misses come on top). Assumed. */
const INSTRUCTIONS_PER_LINE = 4;

/** Copies bytes between kernel and user memory through the caches: the set-up path, then line by line. */
export function copyLines(core: Core, path: KernelPath, fromLine: number, toLine: number, bytes: number): void {
  const lines = Math.ceil(bytes / LINE_BYTES);
  runInstructions(core, path, path.instructions + lines * INSTRUCTIONS_PER_LINE);
  core.memory.touch(fromLine, lines, false);
  core.memory.touch(toLine, lines, true);
}

/** The rest of a copy that is longer than a page: page by page, so that interrupts come in between and the kernel may change threads. */
export class LongCopy {
  /** Operations of the page under way. */
  readonly stream = new OpStream(OPERATIONS);
  isUnderWay = false;
  #left = 0;
  #from = 0;
  #to = 0;

  /** Lines still to begin. */
  get left(): number {
    return this.#left;
  }

  /** Puts a copy off, between virtual lines. */
  begin(fromLine: number, toLine: number, bytes: number): void {
    this.isUnderWay = true;
    this.#from = fromLine;
    this.#to = toLine;
    this.#left = Math.ceil(bytes / LINE_BYTES);
  }

  /** Puts the next page on the stream. */
  refill(path: KernelPath): void {
    const lines = Math.min(this.#left, LINES_PER_PAGE);
    this.stream.push(Op.Execute, path.codeLine, path.codeLines, path.instructions + lines * INSTRUCTIONS_PER_LINE);
    this.stream.push(Op.Load, this.#from, lines, 0);
    this.stream.push(Op.Store, this.#to, lines, 0);
    this.#from += lines;
    this.#to += lines;
    this.#left -= lines;
  }
}

/** Operations that copy a page. */
const OPERATIONS = 3;
