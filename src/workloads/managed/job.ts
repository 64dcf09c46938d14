import type { RuntimeThread } from './runtimethread.ts';

/** Work of a collection in pieces, which its threads take one after the other. */
export interface Job {
  readonly pieces: number;
  /** Emits the operations of one piece. */
  perform(thread: RuntimeThread, piece: number): void;
}

/** Lines of a piece of tracing or copying: 8 KiB. */
const PIECE_LINES = 128;
/** Lines of an object. Assumed: objects have some 50 bytes and their neighbours are often visited with them. */
const OBJECT_LINES = 2;
/** A prime: multiples of it, modulo a smaller number of objects, visit each object once and in no order. */
const STRIDE = 2_147_483_647;
/** Instructions for each line traced or copied. Assumed: some 50 an object. */
const MARK_INSTRUCTIONS = 30;
const COPY_INSTRUCTIONS = 45;
const SCAN_INSTRUCTIONS = 10;
/** Work for the roots of one thread, and the lines of its stack. Assumed: some 20 frames, each looked up in its map. */
const ROOT_INSTRUCTIONS = 4000;
const ROOT_LINES = 32;

/** Reads objects in the order in which they refer to each other, which is none: the first `lines` lines of a region. */
export function trace(region: string, lines: number): Job {
  const objects = Math.max(1, Math.floor(lines / OBJECT_LINES));
  const perform = (thread: RuntimeThread, piece: number): void => {
    const base = thread.env.lineOf(region);
    const end = Math.min(lines, (piece + 1) * PIECE_LINES);
    thread.work('mark', (end - piece * PIECE_LINES) * MARK_INSTRUCTIONS);
    for (let line = piece * PIECE_LINES; line < end; line += OBJECT_LINES) {
      const object = ((line / OBJECT_LINES + 1) * STRIDE) % objects;
      thread.load(base + object * OBJECT_LINES, Math.min(OBJECT_LINES, lines));
    }
  };
  return { pieces: piecesOf(lines), perform };
}

/** Reads lines in order, such as marked cards, and rewrites references in them. */
export function adjust(region: string, lines: number): Job {
  return {
    pieces: piecesOf(lines),
    perform: (thread, piece) => {
      const first = piece * PIECE_LINES;
      const count = Math.min(lines - first, PIECE_LINES);
      thread.work('mark', count * SCAN_INSTRUCTIONS);
      thread.store(thread.env.lineOf(region) + first, count);
    },
  };
}

/** Copies `lines` lines of objects that lie scattered over `spread` lines of one region to the front of another. */
export function copy(from: string, spread: number, to: string, lines: number): Job {
  const gap = Math.max(1, Math.floor(spread / Math.max(1, lines)));
  return {
    pieces: piecesOf(lines),
    perform: (thread, piece) => {
      const first = piece * PIECE_LINES;
      const end = Math.min(lines, first + PIECE_LINES);
      const [source, target] = [thread.env.lineOf(from), thread.env.lineOf(to)];
      thread.work('copy', (end - first) * COPY_INSTRUCTIONS);
      for (let line = first; line < end; line += OBJECT_LINES)
        thread.load(source + line * gap, Math.min(OBJECT_LINES, end - line));
      thread.store(target + first, end - first);
    },
  };
}

/** Looks through the stacks of threads. */
export function roots(stacks: readonly string[]): Job {
  return {
    pieces: stacks.length,
    perform: (thread, piece) => {
      thread.work('mark', ROOT_INSTRUCTIONS);
      thread.load(thread.env.lineOf(stacks[piece]), ROOT_LINES);
    },
  };
}

function piecesOf(lines: number): number {
  return Math.ceil(lines / PIECE_LINES);
}
