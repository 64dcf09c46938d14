import type { HierarchySpec } from '../../src/hw/hierarchy.ts';
import type { PrefetcherName, PrefetchSpec } from '../../src/hw/prefetchers.ts';

const PAGE = 64;
const samePage = (a: number, b: number): boolean => Math.floor(a / PAGE) === Math.floor(b / PAGE);

/** Lines that a prefetcher wants after what it saw last, by all that it ever saw: `isMiss`, or else the first use of a prefetched line. */
type Rule = (spec: PrefetchSpec, memory: Memory, line: number, isMiss: boolean) => readonly number[];

interface Run {
  last: number;
  step: number;
  /** The furthest line wanted. */
  ahead: number;
}

/** Runs by page, the one used last at the end. */
class Memory {
  readonly runs = new Map<number, Run>();
}

function following(line: number, step: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => line + (i + 1) * step).filter(
    (next) => next >= 0 && samePage(next, line),
  );
}

function stream({ degree, distance, streams }: PrefetchSpec, { runs }: Memory, line: number): readonly number[] {
  const page = Math.floor(line / PAGE);
  const run = runs.get(page) ?? { last: line, step: 0, ahead: line };
  runs.delete(page);
  runs.set(page, run);
  if (runs.size > streams) runs.delete(runs.keys().next().value!);
  const move = line - run.last;
  run.last = line;
  if (move === 0) return [];
  const goesOn = run.step === Math.sign(move) && Math.abs(move) <= distance;
  if (!goesOn) {
    run.step = Math.abs(move) === 1 ? move : 0;
    run.ahead = line;
  }
  if (run.step === 0) return [];
  const wanted = following(line, run.step, distance)
    .filter((next) => (next - run.ahead) * run.step > 0)
    .slice(0, degree);
  run.ahead = [run.ahead, line, ...wanted].reduce((a, b) => ((b - a) * run.step > 0 ? b : a));
  return wanted;
}

const RULES: Readonly<Record<PrefetcherName, Rule>> = {
  none: () => [],
  nextLine: ({ degree }, _memory, line, isMiss) => (isMiss ? following(line, 1, degree) : []),
  taggedNextLine: ({ degree }, _memory, line) => following(line, 1, degree),
  adjacentLine: (_spec, _memory, line, isMiss) => (isMiss ? [line % 2 === 0 ? line + 1 : line - 1] : []),
  stream,
};

const NONE: PrefetchSpec = { prefetcher: 'none', degree: 0, distance: 0, streams: 0, outstanding: 0 };
type Seen = 'miss' | 'use' | undefined;

/** Prefetched lines of each core with the times of their arrival, in plain lists and maps. */
export class NaivePrefetch {
  /** What the prefetchers may see of the access under way. */
  seen: { first?: Seen; second?: Seen } = {};
  readonly counts = { issued: 0, useful: 0, late: 0, useless: 0, dropped: 0 };
  readonly #first: PrefetchSpec;
  readonly #second: PrefetchSpec;
  readonly #memories: { first: Memory; second: Memory }[];
  /** Places filled in turn. */
  readonly #places: ({ line: number; arrival: number } | undefined)[][];
  readonly #turns: number[];
  readonly #arrivals: Map<number, number>[];

  constructor({ cores, l1d, l2 }: HierarchySpec) {
    this.#first = l1d.prefetch ?? NONE;
    this.#second = l2.prefetch ?? NONE;
    this.#memories = Array.from({ length: cores }, () => ({ first: new Memory(), second: new Memory() }));
    this.#places = this.#memories.map(() => Array.from({ length: this.#first.outstanding }, () => undefined));
    this.#turns = this.#memories.map(() => 0);
    this.#arrivals = this.#memories.map(() => new Map<number, number>());
  }

  askFirst(core: number, line: number, seen: Seen): readonly number[] {
    if (seen === undefined) return [];
    return RULES[this.#first.prefetcher](this.#first, this.#memories[core].first, line, seen === 'miss');
  }

  askSecond(core: number, line: number, seen: Seen): readonly number[] {
    if (seen === undefined) return [];
    return RULES[this.#second.prefetcher](this.#second, this.#memories[core].second, line, seen === 'miss');
  }

  isWaiting(core: number, line: number): boolean {
    return this.#places[core].some((place) => place?.line === line);
  }

  useFirst(core: number, line: number, now: number): number | undefined {
    const at = this.#places[core].findIndex((place) => place?.line === line);
    this.seen.first = at < 0 ? 'miss' : 'use';
    if (at < 0) return undefined;
    const { arrival } = this.#places[core][at]!;
    this.#places[core][at] = undefined;
    return this.#use(arrival - now);
  }

  toFirst(core: number, line: number, arrival: number): void {
    const at = this.#turns[core]++ % this.#first.outstanding;
    if (this.#places[core][at] !== undefined) this.counts.useless++;
    this.#places[core][at] = { line, arrival };
    this.counts.issued++;
  }

  useSecond(core: number, line: number, now: number): number | undefined {
    const arrival = this.#arrivals[core].get(line);
    if (arrival === undefined) return undefined;
    this.#arrivals[core].delete(line);
    this.seen.second = 'use';
    return this.#use(arrival - now);
  }

  hasRoom(core: number, now: number): boolean {
    return [...this.#arrivals[core].values()].filter((arrival) => arrival > now).length < this.#second.outstanding;
  }

  toSecond(core: number, line: number, arrival: number): void {
    this.#arrivals[core].set(line, arrival);
    this.counts.issued++;
  }

  drop(core: number, line: number): void {
    const at = this.#places[core].findIndex((place) => place?.line === line);
    if (at >= 0) this.#places[core][at] = undefined;
    this.counts.useless += (at >= 0 ? 1 : 0) + (this.#arrivals[core].delete(line) ? 1 : 0);
  }

  #use(wait: number): number {
    this.counts.useful++;
    if (wait > 0) this.counts.late++;
    return Math.max(0, wait);
  }
}
