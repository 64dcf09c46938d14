import type { RegionSpec, ThreadEnv } from '../../kernel/abi.ts';
import { KiB, LINE_BYTES, LINES_PER_PAGE, PAGE_BYTES } from '../../sim/units.ts';
import type { Params } from '../workload.ts';

/** Futex words of a runtime, counted from the first that the program does not use itself. */
export const Word = {
  Request: 0,
  Resume: 1,
  Start: 2,
  Done: 3,
  ConcurrentStart: 4,
  Stall: 5,
  Critical: 6,
  C1: 7,
  C2: 8,
  Finalize: 9,
} as const;
/** Number of a futex word. */
export type Word = (typeof Word)[keyof typeof Word];
/** Words that a runtime adds to its process. */
export const RUNTIME_WORDS = Object.keys(Word).length;

/** Code of the runtime itself, which is native: where each part lies in region `vm`, in lines. Sizes are assumed. */
export const CODE = {
  vm: { line: 0, lines: 64 },
  interpreter: { line: 512, lines: 192 },
  mark: { line: 1024, lines: 32 },
  copy: { line: 1280, lines: 48 },
  c1: { line: 2048, lines: 1024 },
  c2: { line: 4096, lines: 4096 },
} as const;
/** Name of a piece of code. */
export type CodeName = keyof typeof CODE;

/** Pages of region `vm`: room for all of CODE. */
const VM_PAGES = 128;
/** Pages of the stack region of each thread of the runtime. */
export const SERVICE_STACK_PAGES = 4;

/** Lines of the code of a method when compiled best: 2 KiB. Assumed. */
export const METHOD_LINES = 32;
/** Methods whose bytecode has a place of its own. */
export const METHODS_IN_METASPACE = 256;
/** Lines of the graph that a compiler works on: 256 KiB. Assumed. */
export const ARENA_LINES = 4096;

/** Lines of so many KiB. */
export function linesOf(kib: number): number {
  return (kib * KiB) / LINE_BYTES;
}

function pagesOf(kib: number): number {
  return Math.ceil((kib * KiB) / PAGE_BYTES);
}

/** Regions of a runtime beside those of its program, for `polled` threads that poll. All heap is touched beforehand (AlwaysPreTouch). */
export function runtimeRegions(params: Params, polled: number): readonly RegionSpec[] {
  const eden = pagesOf(Number(params['edenKiB']));
  const old = pagesOf(Number(params['liveKiB']) + Number(params['oldKiB']));
  return [
    { name: 'vm', pages: VM_PAGES, kind: 'native' },
    // Entries of compiled code and the installer: verified at the start, as the file of the runtime declares them.
    { name: 'stubs', pages: 1, kind: 'verified' },
    { name: 'metaspace', pages: (METHODS_IN_METASPACE * METHOD_LINES) / LINES_PER_PAGE, kind: 'data' },
    { name: 'c1.arena', pages: ARENA_LINES / LINES_PER_PAGE, kind: 'data' },
    { name: 'c2.arena', pages: ARENA_LINES / LINES_PER_PAGE, kind: 'data' },
    { name: 'pollpage', pages: 1, kind: 'data' },
    { name: 'guardpage', pages: 1, kind: 'data' },
    { name: 'flags', pages: Math.ceil(polled / LINES_PER_PAGE), kind: 'data' },
    { name: 'shared', pages: 1, kind: 'data' },
    { name: 'eden', pages: eden, kind: 'data' },
    { name: 'survivors', pages: eden, kind: 'data' },
    { name: 'old', pages: old, kind: 'data' },
  ];
}

/** First page of a region. */
export function pageOf(env: ThreadEnv, region: string): number {
  return env.lineOf(region) / LINES_PER_PAGE;
}
