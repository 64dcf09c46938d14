import { LINES_PER_PAGE } from '../../sim/units.ts';

/** log2 of the lines of a page. */
const PAGE_LINE_BITS = 6;

/**
 * The sampled lines of every page: one of each `every` neighbours, each time another, so that no alignment of the program's data
 * is preferred. All lines of a chosen set of a cache with 64 sets or more are in the sample, and no others of its neighbours.
 */
export class LineSample {
  /** Lines that one sampled line stands for; a power of two. */
  readonly every: number;
  readonly #perPage: number;
  /** Sampled lines of a page before each of its lines. */
  readonly #rank = new Int32Array(LINES_PER_PAGE + 1);

  /** `every`: a power of two from 1 to 64. */
  constructor(every: number) {
    this.every = every;
    this.#perPage = LINES_PER_PAGE / every;
    for (let line = 0; line < LINES_PER_PAGE; line++)
      this.#rank[line + 1] = this.#rank[line] + (line % every === chosen(Math.floor(line / every), every) ? 1 : 0);
  }

  /** Number of a line among the sampled ones: of itself if it is sampled, else of the next one. hot */
  rank(line: number): number {
    return (line >> PAGE_LINE_BITS) * this.#perPage + this.#rank[line & (LINES_PER_PAGE - 1)];
  }

  /** Whether a line is in the sample. hot */
  has(line: number): boolean {
    const at = line & (LINES_PER_PAGE - 1);
    return this.#rank[at + 1] > this.#rank[at];
  }
}

/** Which of a group's neighbours is sampled: 5 steps further each time visits all of them, for 5 and a power of two have no common factor. */
function chosen(group: number, every: number): number {
  return (group * 5 + 3) % every;
}
