import type { Rng } from '../../sim/rng.ts';

/** Shape of a call graph. */
export interface GraphShape {
  /** Levels of functions below the handler. */
  readonly depth: number;
  /** Functions that a function calls. */
  readonly fanOut: number;
  /** Mean instructions of a function, without those it calls. */
  readonly instructions: number;
  /** Share of the functions below the handler that are native code. */
  readonly nativeShare: number;
}

/** A function of the graph. */
export interface GraphFunction {
  readonly index: number;
  readonly name: string;
  readonly isNative: boolean;
  /** Instructions of one visit, without those it calls: an even number. */
  readonly instructions: number;
  /** Whether it makes the system calls that are due when it runs. */
  readonly isSite: boolean;
  /** Functions that it calls, by index: managed and native ones, the most frequent first. */
  readonly managed: readonly number[];
  readonly native: readonly number[];
}

/** Functions by index. The first two are managed: the thread's loop, which does nothing but call the second, the handler of a unit of work. */
export const LOOP = 0;
/** Index of the handler. */
export const HANDLER = 1;
/** Functions by their index; the first two are `LOOP` and `HANDLER`. */
export type CallGraph = readonly GraphFunction[];

/** Most functions of a level: deeper levels are shared by several callers, as libraries are. Assumed. */
const WIDEST = 64;
/** Share of the functions from which system calls are made. Assumed: wrappers of input and output among the code that computes. */
const SITE_SHARE = 0.25;

/** A graph drawn from a stream. With equal numbers a larger share of native code makes more functions native, and none managed again. */
export function drawGraph(shape: GraphShape, rng: Rng): CallGraph {
  const levels = drawLevels(shape, rng);
  const below = levels.slice(1).flat();
  const callees = [[HANDLER], ...levels.slice(1).flatMap((level, i) => calleesOf(levels[i], level, shape.fanOut))];
  const instructions = [LOOP, HANDLER, ...below].map(
    () => 2 * Math.max(1, Math.round((shape.instructions / 2) * (0.5 + rng.uniform()))),
  );
  const natives = share(shuffled(below, rng), shape.nativeShare);
  const sites = share(shuffled(below, rng), SITE_SHARE);
  const isNative = new Set(natives);
  const drawn = instructions.map((count, index): GraphFunction => ({
    index,
    name: FIXED[index] ?? `${isNative.has(index) ? 'native' : 'managed'}${index}`,
    isNative: isNative.has(index),
    instructions: count,
    isSite: sites.includes(index),
    managed: (callees[index] ?? []).filter((callee) => !isNative.has(callee)),
    native: (callees[index] ?? []).filter((callee) => isNative.has(callee)),
  }));
  return withReach(drawn, natives);
}

/** Names of the first two functions. */
const FIXED: readonly (string | undefined)[] = ['loop', 'handler'];

/** Indices level by level, from the handler down, each level in random order. */
function drawLevels({ depth, fanOut }: GraphShape, rng: Rng): readonly (readonly number[])[] {
  const levels: number[][] = [[HANDLER]];
  let next = HANDLER + 1;
  for (let level = 1; level <= depth; level++) {
    const size = Math.min(WIDEST, levels[level - 1].length * fanOut);
    const indices = Array.from({ length: size }, (_, i) => next + i);
    levels.push(shuffled(indices, rng));
    next += size;
  }
  return levels;
}

/** Who calls whom from one level to the next, by index of the caller in order: every function has a caller. */
function calleesOf(level: readonly number[], below: readonly number[], fanOut: number): readonly (readonly number[])[] {
  const slots = Math.min(fanOut, below.length);
  const place = new Map(level.map((index, i) => [index, i]));
  return [...level]
    .sort((a, b) => a - b)
    .map((index) =>
      Array.from({ length: slots }, (_, slot) => below[(place.get(index)! * fanOut + slot) % below.length]),
    );
}

/** The first of a list that make up a share of it, at least one of a share above zero. */
function share(list: readonly number[], part: number): readonly number[] {
  return list.slice(0, Math.ceil(part * list.length - 1e-9));
}

/** A random order (Fisher and Yates). */
function shuffled(list: readonly number[], rng: Rng): number[] {
  const order = [...list];
  for (let last = order.length - 1; last > 0; last--) {
    const other = rng.below(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** The graph in which managed code that runs reaches a native function and a site, if there are any: else the handler is given them. */
function withReach(graph: CallGraph, natives: readonly number[]): CallGraph {
  const reached = new Set([HANDLER]);
  for (const index of reached) for (const callee of graph[index].managed) reached.add(callee);
  const running = graph.filter(({ index }) => reached.has(index));
  const handler = graph[HANDLER];
  const native = running.some((fn) => fn.native.length > 0) ? handler.native : natives.slice(0, 1);
  const isSite = !running.some((fn) => fn.isSite);
  return graph.map((fn) => (fn === handler ? { ...fn, native, isSite } : fn));
}
