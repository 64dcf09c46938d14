import { addRung, CURRENT, FIELDS, LAST, SCALE, SHIFT, TOP, topOnly } from './levels.ts';
import { lengthOf, livingOf, reversed, type Slots } from './slots.ts';

/** A bucket of at most so many entries is sorted at once; a larger one becomes a rung. */
const SORT_ENTRIES = 24;
/** Most buckets of a rung; what is larger splits again. */
const BUCKETS = 131_072;
const MIN_BUCKETS = 8;
/** Places of the directory at first; it doubles. */
const FIRST_BUCKETS = 1024;
/** Aimed entries per bucket: a quarter in a rung of the top, through which many more pass that are pushed later. */
const TOP_OCCUPANCY = 0.25;
const OCCUPANCY = 4;
/** A rung of a bucket is at least 8 times finer than the level above, so 2^53 keys need 18; the rest is for spilled runs. */
const MAX_LEVELS = 24;
/** An insertion that passes so many entries makes a rung of the run. */
const SPILL_STEPS = 64;
/** Offset of no level. */
const NONE = 0;

/**
 * Ladder queue (after Tang, Goh, Thng: Ladder Queue, ACM TOMACS 15(3), 2005) of slots by key, FIFO among equal keys, at a constant
 * number of moves per entry. Keys are non-negative and below 2^53. A move relinks a slot; keys stay where they are.
 *
 * The first level, the top, is one bucket of all entries beyond the rungs. Each further level is a rung: the entries of one bucket of
 * the level above, spread over finer buckets. The run holds the earliest entries, sorted. An entry stands in the first level whose
 * limit it reaches, else in the run. Bucket widths are powers of two, so that limits and bucket numbers are exact, and equal keys
 * always stand in the same bucket. Runs and buckets are lists through the slots; a bucket's begins with the entry pushed last, so that
 * a push reads no other slot. Places in the directory are floored before they are shifted: a sum of both could round up.
 *
 * Hot functions here and in EventPool spell their constants out, and fields are `private`, not `#`: a constant of the module is read
 * and checked at each use, and both lengthen the bytecode, by which V8 decides what it inlines.
 */
export class LadderQueue {
  /** The earliest entry, 0 when the run is empty: `refill` first. To take it, the caller sets this to the entry after it. */
  first = 0;
  /** The last entry of the run, when there is one. */
  private last = 0;
  private readonly slots: Slots;
  private readonly finestScale: number;
  /** First slot of each bucket's list, level behind level. */
  private heads = new Int32Array(FIRST_BUCKETS);
  private readonly levels = topOnly(MAX_LEVELS);
  /** Offset in the table of levels behind the finest; a limit of -Infinity stands there. */
  private end = TOP + FIELDS;

  /** `finestScale`, a power of two, bounds the buckets per unit of key: 1 for integer keys; with more, keys may have fractions. */
  constructor(slots: Slots, finestScale = 1) {
    this.slots = slots;
    this.finestScale = finestScale;
  }

  /** Memory held beside the slots, in bytes. */
  get bytes(): number {
    return this.heads.byteLength + this.levels.byteLength;
  }

  /** Adds an entry. hot */
  push(key: number, id: number): void {
    const slots = this.slots;
    slots.keys[id >> 1] = key;
    const levels = this.levels;
    let level = 8; // TOP
    while (key < levels[level]) level += 8; // FIELDS
    if (level === this.end) {
      this.insert(id);
      return;
    }
    const clamp = levels[level + 1]; // CLAMP
    const bucket = (Math.floor((key < clamp ? key : clamp) * levels[level + 2]) + levels[level + 3]) | 0; // SCALE, SHIFT
    const heads = this.heads;
    slots.words[id + 4] = heads[bucket];
    heads[bucket] = id;
  }

  /** Moves the living entries of the earliest bucket into the empty run; false when the queue is empty. hot */
  refill(): boolean {
    const levels = this.levels;
    for (;;) {
      const heads = this.heads;
      const level = this.end - 8; // FIELDS
      const last = levels[level + 6] | 0; // LAST
      let bucket = (levels[level + 5] + 1) | 0; // CURRENT
      while (bucket <= last && heads[bucket] === 0) bucket++;
      if (bucket > last) {
        levels[level] = -Infinity;
        if (level === TOP) return false;
        this.end = level;
        continue;
      }
      // the last bucket takes all up to the limit of the level above
      levels[level] = bucket === last ? levels[level - 8] : (bucket + 1 - levels[level + 3]) * levels[level + 4]; // SHIFT, WIDTH
      if (level !== TOP) levels[level + 5] = bucket;
      const rest = this.sort(heads[bucket], SORT_ENTRIES);
      heads[bucket] = 0;
      if (rest !== 0) {
        if (this.divide(rest)) continue;
        this.sort(rest, 0x3fffffff);
      }
      if (this.first === 0) continue;
      if (level === TOP) levels[TOP] = this.slots.keys[this.last >> 1];
      return true;
    }
  }

  /** Drops all dead entries. */
  compact(): void {
    const { levels, heads, slots } = this;
    for (let level = TOP; level < this.end; level += FIELDS) {
      for (let bucket = levels[level + CURRENT] + 1; bucket <= levels[level + LAST]; bucket++) {
        heads[bucket] = livingOf(heads[bucket], slots);
      }
    }
    this.first = livingOf(this.first, slots);
    for (let id = this.first; id !== 0; id = slots.words[id + 4]) this.last = id;
  }

  /**
   * Sorts the living ones among the first `most` entries of a bucket's list into the run, all of whose entries were pushed later.
   * Returns the rest of the list. To look at each entry here also fetches its memory before it is needed. hot
   */
  private sort(list: number, most: number): number {
    const slots = this.slots;
    const { keys, words } = slots;
    let first = this.first;
    let last = this.last;
    let id = list;
    for (let left = most; id !== 0 && left > 0; left--) {
      const after = words[id + 4];
      if (words[id + 2] < 0) slots.reap(id);
      else {
        const key = keys[id >> 1];
        let before = 0;
        let at = first;
        while (keys[at >> 1] < key) {
          before = at;
          at = words[at + 4];
        }
        words[id + 4] = at;
        if (at === 0) last = id;
        if (before === 0) first = id;
        else words[before + 4] = id;
      }
      id = after;
    }
    this.first = first;
    this.last = last;
    return id;
  }

  /** Puts an entry that was pushed after all others into the run, or into a rung made of the run when that is long. */
  private insert(id: number): void {
    const { first, last } = this;
    const { keys, words } = this.slots;
    const key = keys[id >> 1];
    if (key < keys[first >> 1]) {
      words[id + 4] = first;
      this.first = id;
      if (first === 0) this.last = id;
    } else if (key >= keys[last >> 1]) {
      words[id + 4] = 0;
      words[last + 4] = id;
      this.last = id;
    } else this.insertBetween(id);
  }

  private insertBetween(id: number): void {
    const { keys, words } = this.slots;
    const key = keys[id >> 1];
    let before = this.first;
    let at = words[before + 4];
    for (let left = SPILL_STEPS; keys[at >> 1] <= key; left--) {
      if (left === 0 && this.spill()) {
        this.push(key, id);
        return;
      }
      before = at;
      at = words[at + 4];
    }
    words[before + 4] = id;
    words[id + 4] = at;
  }

  /** Turns the run into a rung; false when that would not divide it. Not by `push`: the last key may equal the top's limit. */
  private spill(): boolean {
    const { keys, words } = this.slots;
    const run = this.first;
    const level = this.addLevel(lengthOf(run, words), keys[run >> 1], keys[this.last >> 1]);
    if (level === NONE) return false;
    this.first = 0;
    this.spread(run, level);
    return true;
  }

  /** Spreads the run and the rest of its bucket, which was pushed before it, over a new rung; false when all have one key. */
  private divide(rest: number): boolean {
    const { keys, words } = this.slots;
    const run = this.first;
    let min = keys[run >> 1];
    let max = run === 0 ? -Infinity : keys[this.last >> 1];
    let count = SORT_ENTRIES;
    for (let id = rest; id !== 0; id = words[id + 4]) {
      const key = keys[id >> 1];
      if (key < min) min = key;
      if (key > max) max = key;
      count++;
    }
    const level = this.addLevel(count, min, max);
    if (level === NONE) return false;
    if (level === TOP + FIELDS) this.levels[TOP] = max;
    this.first = 0;
    this.spread(reversed(rest, words), level);
    this.spread(run, level);
    return true;
  }

  /** Moves a list that begins with the entry pushed first into the finest level. */
  private spread(list: number, level: number): void {
    const { keys, words } = this.slots;
    const heads = this.heads;
    const scale = this.levels[level + SCALE];
    const shift = this.levels[level + SHIFT];
    for (let id = list; id !== 0;) {
      const after = words[id + 4];
      const bucket = (Math.floor(keys[id >> 1] * scale) + shift) | 0;
      words[id + 4] = heads[bucket];
      heads[bucket] = id;
      id = after;
    }
  }

  /** Adds a rung for `count` entries of the keys min to max; returns its offset, or NONE when it could not divide them. */
  private addLevel(count: number, min: number, max: number): number {
    const levels = this.levels;
    const level = this.end;
    const aim = count / (level === TOP + FIELDS ? TOP_OCCUPANCY : OCCUPANCY);
    const most = Math.min(BUCKETS, Math.max(MIN_BUCKETS, aim));
    if (level > MAX_LEVELS * FIELDS || !addRung(levels, level, min, max, most, this.finestScale)) return NONE;
    this.end = level + FIELDS;
    if (levels[level + LAST] >= this.heads.length) this.growHeads(levels[level + LAST] + 1);
    return level;
  }

  /** Makes room for at least so many buckets. */
  private growHeads(length: number): void {
    const heads = new Int32Array(Math.max(length, this.heads.length * 2));
    heads.set(this.heads);
    this.heads = heads;
  }
}
