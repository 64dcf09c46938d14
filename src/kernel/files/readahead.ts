/** Largest window of readahead in pages, 128 KiB. Source: Linux VM_READAHEAD_PAGES. */
const MOST_PAGES = 32;
/** A first window is four times the request, rounded up to a power of two. Source: Linux mm/readahead.c, get_init_ra_size, for small requests. */
const FIRST_FACTOR = 4;

/** Pages to be read from a device: `first` and the ones behind it. */
export interface Window {
  readonly first: number;
  readonly pages: number;
}

/** Recognises sequential reading of a file and says how much to read ahead; windows double up to 32 pages. */
export class Readahead {
  #next = 0;
  #window = 0;

  /** What to read when pages from `page` on are missing: the request alone unless it goes on where the last one ended. */
  onMiss(page: number, pages: number, end: number): Window {
    const isSequential = page === this.#next || page === 0;
    this.#window = isSequential ? this.#grown(pages) : 0;
    return { first: page, pages: Math.min(Math.max(pages, this.#window), end - page) };
  }

  /** Notes a read that was served: the next one is expected behind it. */
  onRead(page: number, pages: number): void {
    this.#next = page + pages;
  }

  #grown(pages: number): number {
    if (this.#window > 0) return Math.min(this.#window * 2, MOST_PAGES);
    let first = 1;
    while (first < pages) first *= 2;
    return Math.min(first * FIRST_FACTOR, MOST_PAGES);
  }
}
