/** No core. */
export const NOBODY = -1;

/** Cores that a line's state has room for: the number of its holder, from 1, has the low 9 bits. */
export const MAX_CORES = 511;
const HOLDER = MAX_CORES;
/** The holder has written the line. */
const MODIFIED = 512;
/** Memory is older than what the caches hold. */
const STALE = 1024;

/**
 * MESI by line: which private caches hold it, and which one of them holds it alone. A line with a holder is exclusive in that core
 * (M when it wrote it, E when not); without, it is shared in all that hold it. Sharers are exact: 32 of them in a word, so up to 32
 * cores take one word a line. Those words are empty while a line has a holder, so that lines that nobody shares never reach for them.
 */
export class Directory {
  readonly #words: number;
  readonly #sharers: Int32Array;
  /** Holder + 1 in the low bits. */
  readonly #state: Uint16Array;

  constructor(cores: number, lines: number) {
    this.#words = Math.ceil(cores / 32);
    this.#sharers = new Int32Array(lines * this.#words);
    this.#state = new Uint16Array(lines);
  }

  /** State M: a core may write without asking anybody. hot */
  isModifiedBy(core: number, line: number): boolean {
    return this.#state[line] === ((core + 1) | MODIFIED | STALE);
  }

  /** The core that holds a line in M or E, or NOBODY. hot */
  holder(line: number): number {
    return (this.#state[line] & HOLDER) - 1;
  }

  /** Whether the holder has written the line. hot */
  isModified(line: number): boolean {
    return (this.#state[line] & MODIFIED) !== 0;
  }

  /** Whether memory is older than the caches. hot */
  isStale(line: number): boolean {
    return (this.#state[line] & STALE) !== 0;
  }

  /** The line has been written to memory. hot */
  clean(line: number): void {
    this.#state[line] &= ~(STALE | MODIFIED);
  }

  /** A line that nobody held is held by the core alone: E, or M if it is newer than memory. hot */
  grant(core: number, line: number): void {
    this.#state[line] = (core + 1) | (this.isStale(line) ? MODIFIED | STALE : 0);
  }

  /** M: the core, which is the only one to hold the line, writes it. hot */
  modify(core: number, line: number): void {
    if (this.holder(line) !== core) this.#leave(core, line);
    this.#state[line] = (core + 1) | MODIFIED | STALE;
  }

  /** S: the holder does not hold the line alone any more. hot */
  share(line: number): void {
    const holder = this.holder(line);
    this.#state[line] &= STALE;
    this.add(holder, line);
  }

  /** The core's private caches hold the line. hot */
  add(core: number, line: number): void {
    if (this.holder(line) !== core) this.#sharers[line * this.#words + (core >> 5)] |= 1 << (core & 31);
  }

  /** The core's private caches no longer hold the line. hot */
  remove(core: number, line: number): void {
    if (this.holder(line) === core) this.#state[line] &= STALE;
    else this.#leave(core, line);
  }

  /** Whether any core holds the line. hot */
  isHeld(line: number): boolean {
    if ((this.#state[line] & HOLDER) !== 0) return true;
    const sharers = this.#sharers;
    const words = this.#words;
    for (let word = line * words, end = word + words; word < end; word++) if (sharers[word] !== 0) return true;
    return false;
  }

  /** The first core from `from` on that holds the line, or NOBODY. hot */
  next(line: number, from: number): number {
    const holder = this.holder(line);
    if (holder !== NOBODY) return holder < from ? NOBODY : holder;
    const words = this.#words;
    const base = line * words;
    // A shift by core & 31 hides the lower cores of the first word; later words are seen whole.
    let hidden = -1 << (from & 31);
    for (let word = from >> 5; word < words; word++) {
      const bits = this.#sharers[base + word] & hidden;
      if (bits !== 0) return (word << 5) + 31 - Math.clz32(bits & -bits);
      hidden = -1;
    }
    return NOBODY;
  }

  #leave(core: number, line: number): void {
    this.#sharers[line * this.#words + (core >> 5)] &= ~(1 << (core & 31));
  }
}
