import { LINES_PER_PAGE } from '../sim/units.ts';

/** How a cache prefetches. */
export interface PrefetchSpec {
  readonly prefetcher: PrefetcherName;
  /** Lines asked for at a time. */
  readonly degree: number;
  /** Lines that a stream runs ahead of its use at most. */
  readonly distance: number;
  /** Streams that are followed at once. */
  readonly streams: number;
  /** Prefetched lines under way at once; what does not fit is not asked for. */
  readonly outstanding: number;
}

/** Says which lines will be wanted: `count` lines from `next` on, each `step` further, all of the page of what was seen. */
export interface Prefetcher {
  readonly next: number;
  readonly step: number;
  readonly count: number;
  /** Sees a miss, or the first use of a prefetched line, and sets the fields. hot */
  observe(line: number, isMiss: boolean): void;
}

const PAGE_MASK = LINES_PER_PAGE - 1;

/** The lines behind each miss; tagged, also those behind each line that was prefetched and is used for the first time. Source: A. J. Smith, "Cache memories", Computing Surveys 14(3), 1982. */
class NextLine implements Prefetcher {
  next = 0;
  readonly step = 1;
  count = 0;
  readonly #degree: number;
  readonly #isTagged: boolean;

  constructor(degree: number, isTagged: boolean) {
    this.#degree = degree;
    this.#isTagged = isTagged;
  }

  observe(line: number, isMiss: boolean): void {
    this.next = line + 1;
    this.count = isMiss || this.#isTagged ? Math.min(this.#degree, PAGE_MASK - (line & PAGE_MASK)) : 0;
  }
}

/** The other line of the aligned pair of a miss. Source: Intel 64 and IA-32 Architectures Optimization Reference Manual, Sandy Bridge, "Spatial Prefetcher". */
class AdjacentLine implements Prefetcher {
  next = 0;
  readonly step = 1;
  count = 0;

  observe(line: number, isMiss: boolean): void {
    this.next = line ^ 1;
    this.count = isMiss ? 1 : 0;
  }
}

const NO_PAGE = -1;

/**
 * Follows ascending and descending runs of lines, one a page. Two neighbours in turn begin a stream; each further line asks for up to
 * `degree` lines, until the stream is `distance` lines ahead or at the end of the page. A turn begins the stream anew.
 * Source: Intel 64 and IA-32 Architectures Optimization Reference Manual, Sandy Bridge, "Streamer": one stream a page and direction, 20 lines ahead.
 */
class Stream implements Prefetcher {
  next = 0;
  step = 0;
  count = 0;
  readonly #degree: number;
  readonly #distance: number;
  readonly #pages: Int32Array;
  readonly #last: Int32Array;
  /** 1 up, -1 down, 0 not known yet. */
  readonly #steps: Int8Array;
  /** The furthest line asked for. */
  readonly #ahead: Int32Array;
  /** When each stream was used last, for the choice of the one to give up. */
  readonly #used: Float64Array;
  #time = 0;
  /** The stream used last. */
  #latest = 0;

  constructor({ degree, distance, streams }: PrefetchSpec) {
    this.#degree = degree;
    this.#distance = distance;
    this.#pages = new Int32Array(streams).fill(NO_PAGE);
    this.#last = new Int32Array(streams);
    this.#steps = new Int8Array(streams);
    this.#ahead = new Int32Array(streams);
    this.#used = new Float64Array(streams);
  }

  observe(line: number): void {
    this.count = 0;
    const at = this.#streamOf(Math.floor(line / LINES_PER_PAGE), line);
    const move = line - this.#last[at];
    this.#used[at] = ++this.#time;
    this.#last[at] = line;
    if (move === 0) return;
    if (this.#continues(at, move)) this.#ask(at, line);
    else this.#begin(at, line, move);
  }

  /** The stream of a page, most often the one used last; a new one takes the place of the one used longest ago. hot */
  #streamOf(page: number, line: number): number {
    const pages = this.#pages;
    if (pages[this.#latest] === page) return this.#latest;
    let at = 0;
    while (at < pages.length && pages[at] !== page) at++;
    this.#latest = at < pages.length ? at : this.#replace(page, line);
    return this.#latest;
  }

  #replace(page: number, line: number): number {
    let oldest = 0;
    for (let at = 1; at < this.#used.length; at++) if (this.#used[at] < this.#used[oldest]) oldest = at;
    this.#pages[oldest] = page;
    this.#last[oldest] = line;
    this.#steps[oldest] = 0;
    return oldest;
  }

  /** Lines that were in the cache leave gaps in a stream. */
  #continues(at: number, move: number): boolean {
    const step = this.#steps[at];
    return step !== 0 && move * step > 0 && move * step <= this.#distance;
  }

  #begin(at: number, line: number, move: number): void {
    const isNeighbour = move === 1 || move === -1;
    this.#steps[at] = isNeighbour ? move : 0;
    this.#ahead[at] = line;
    if (isNeighbour) this.#ask(at, line);
  }

  #ask(at: number, line: number): void {
    const step = this.#steps[at];
    const within = line & PAGE_MASK;
    const room = step > 0 ? PAGE_MASK - within : within;
    const done = Math.max(0, (this.#ahead[at] - line) * step);
    this.step = step;
    this.next = line + (done + 1) * step;
    this.count = Math.max(0, Math.min(this.#degree, Math.min(this.#distance, room) - done));
    this.#ahead[at] = line + (done + this.count) * step;
  }
}

/** Asks for nothing. */
class NoPrefetcher implements Prefetcher {
  readonly next = 0;
  readonly step = 0;
  readonly count = 0;

  observe(): void {
    // Nothing is learnt.
  }
}

/** Prefetcher by the name in a profile. */
const PREFETCHERS = {
  none: () => new NoPrefetcher(),
  nextLine: ({ degree }) => new NextLine(degree, false),
  taggedNextLine: ({ degree }) => new NextLine(degree, true),
  adjacentLine: () => new AdjacentLine(),
  stream: (spec) => new Stream(spec),
} as const satisfies Record<string, (spec: PrefetchSpec) => Prefetcher>;
/** Name of a prefetcher. */
export type PrefetcherName = keyof typeof PREFETCHERS;
/** Prefetchers that a profile may name. */
export const PREFETCHER_NAMES = Object.keys(PREFETCHERS) as readonly PrefetcherName[];

/** The prefetcher of one cache. */
export function makePrefetcher(spec: PrefetchSpec): Prefetcher {
  return PREFETCHERS[spec.prefetcher](spec);
}
