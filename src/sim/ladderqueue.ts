import { Buckets } from './buckets.ts';
import { SortedRun, type Reaper } from './sortedrun.ts';

/** A bucket of at most so many blocks of 8 entries is sorted at once; a larger one becomes a rung. */
const SORT_BLOCKS = 6;
/** Most buckets of a rung: so many write streams still fit the host's second-level cache; what is larger splits again. */
const BUCKETS = 1024;
const MIN_BUCKETS = 8;
/** Aimed entries per bucket: few in a rung of the top, which many more will pass through; a host cache line's half else. */
const TOP_OCCUPANCY = 1;
const OCCUPANCY = 4;
/** A rung of a bucket is at least 8 times finer than the level above, so 2^53 keys need 18; the rest is for spilled runs. */
const MAX_LEVELS = 32;

/** Fields of a level in the table of levels. Field 0 is the limit: keys from there on belong to this level or a coarser one. */
const CLAMP = 1; // keys from here on go to the level's last bucket
const SCALE = 2; // buckets per unit of key, a power of two
const WIDTH = 3; // of a bucket, 1 / scale
const CURRENT = 4; // number of the bucket taken last; a bucket's number is floor(key x scale)
const LAST = 5; // number of the last bucket
const FIELDS = 8;
/** Offset of the top level; a row of limit Infinity stands before it. */
const TOP = FIELDS;
/** Bucket numbers must stay exact integers in a double. */
const MAX_NUMBER = Number.MAX_SAFE_INTEGER + 1;
/** Offset of no level. */
const NONE = 0;

/**
 * Flat ladder queue (after Tang, Goh, Thng: Ladder Queue, ACM TOMACS 15(3), 2005): a priority queue of (key, id), FIFO among equal
 * keys, at a constant number of moves per entry. Keys are non-negative and below 2^53, ids non-negative int32.
 *
 * The first level, the top, is one bucket of all entries beyond the rungs. Each further level is a rung: the entries of one bucket of
 * the level above, spread over finer buckets. `run` holds the earliest entries, sorted. An entry stands in the first level whose
 * limit it reaches, else in the run. Bucket widths are powers of two, so that limits and bucket numbers are exact, and equal keys
 * always stand in the same bucket in the order of pushing. A rung has at most 1024 consecutive buckets: the low ten bits of a
 * bucket's number are its place in the level's part of the directory.
 *
 * Hot functions here and in the classes beside it spell their constants out, and fields are `private`, not `#`: a constant of the
 * module is read and checked at each use, and both lengthen the bytecode, by which V8 decides what it inlines.
 */
export class LadderQueue {
  /** The caller takes the earliest entry from here; when it is empty, `refill` first. */
  readonly run = new SortedRun();
  private readonly reaper: Reaper;
  private readonly finestScale: number;
  private readonly buckets = new Buckets((MAX_LEVELS + 1) * BUCKETS);
  private readonly levels = new Float64Array((MAX_LEVELS + 2) * FIELDS);
  /** Offset in the table of levels behind the finest; a limit of -Infinity stands there. */
  private end = TOP + FIELDS;

  /**
   * `reaper` knows which ids are dead; the queue hands them back to it whenever it comes across them. `finestScale`, a power of two,
   * bounds the buckets per unit of key: 1 for integer keys; with more, keys may have fractions.
   */
  constructor(reaper: Reaper, finestScale = 1) {
    this.reaper = reaper;
    this.finestScale = finestScale;
    this.levels[0] = Infinity;
    this.levels[TOP] = -Infinity;
    this.levels[TOP + CURRENT] = -1;
    this.levels[this.end] = -Infinity;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.run.bytes + this.buckets.bytes + this.levels.byteLength;
  }

  /** Adds an entry. hot */
  push(key: number, id: number): void {
    const levels = this.levels;
    let level = 8; // TOP
    while (key < levels[level]) level += 8; // FIELDS
    if (level === this.end) {
      this.run.key[0] = key;
      this.pushRun(id);
      return;
    }
    const clamp = levels[level + 1]; // CLAMP
    const number = (key < clamp ? key : clamp) * levels[level + 2]; // SCALE
    const bucket = (level << 7) | (number & 1023); // 1024 places for 8 fields
    const buckets = this.buckets;
    const tails = buckets.tails;
    let at = tails[bucket];
    if ((at & 7) === 0) at = buckets.extend(at);
    buckets.keys[at] = key;
    buckets.ids[at] = id;
    tails[bucket] = at + 1;
  }

  /**
   * Moves the living entries of the earliest bucket into the empty run; false when the queue is empty. In one piece on purpose: too
   * long to be inlined, it leaves the inlining budget of the engine's run loop to what happens at every event. hot
   */
  refill(): boolean {
    const { run, buckets, levels } = this;
    run.clear();
    for (;;) {
      const level = this.end - 8; // FIELDS
      const last = levels[level + 5]; // LAST
      let number = levels[level + 4] + 1; // CURRENT
      while (number <= last && buckets.tails[(level << 7) | (number & 1023)] === 0) number++;
      if (number > last) {
        levels[level] = -Infinity;
        if (level === TOP) return false;
        this.end = level;
        continue;
      }
      // the last bucket takes all up to the limit of the level above
      levels[level] = number === last ? levels[level - 8] : (number + 1) * levels[level + 3];
      if (level !== TOP) levels[level + 4] = number;
      const tail = buckets.detach((level << 7) | (number & 1023));
      if (buckets.longerThan(tail, SORT_BLOCKS) && this.divide(tail)) continue;
      for (let block = buckets.first(tail); block !== 0; block = buckets.recycle(block, tail)) {
        run.appendLiving(buckets.keys, buckets.ids, buckets.start(block), buckets.end(block, tail), this.reaper);
      }
      if (run.empty) continue;
      if (level === TOP) levels[TOP] = run.last;
      return true;
    }
  }

  /** Drops all dead entries. */
  compact(): void {
    const levels = this.levels;
    for (let level = TOP; level < this.end; level += FIELDS) {
      for (let number = levels[level + CURRENT] + 1; number <= levels[level + LAST]; number++) {
        this.refile(place(level, number));
      }
    }
    this.run.compact(this.reaper);
  }

  /** Puts an entry of key `run.key` into the run, or into a rung made of the run when insertions have made that longer than 192. */
  private pushRun(id: number): void {
    const run = this.run;
    if (run.tail - run.head < 192 || !this.spill()) run.insert(id);
    else this.push(run.key[0], id);
  }

  /** Turns the run into a rung; false when that would not divide it. Not by `push`: the last key may equal the top's limit. */
  private spill(): boolean {
    const { keys, ids, head, tail } = this.run;
    const level = this.addLevel(tail - head, keys[head], keys[tail - 1]);
    if (level === NONE) return false;
    const scale = this.levels[level + SCALE];
    this.run.clear();
    for (let i = head; i < tail; i++) this.buckets.append(place(level, keys[i] * scale), keys[i], ids[i]);
    return true;
  }

  /** Spreads a chain over a new rung; false when it cannot, having one key only. */
  private divide(tail: number): boolean {
    const buckets = this.buckets;
    let min = Infinity;
    let max = -Infinity;
    let count = 0;
    for (let block = buckets.first(tail); block !== 0; block = buckets.after(block, tail)) {
      const end = buckets.end(block, tail);
      for (let i = buckets.start(block); i < end; i++) {
        const key = buckets.keys[i];
        if (key < min) min = key;
        if (key > max) max = key;
        count++;
      }
    }
    const level = this.addLevel(count, min, max);
    if (level === NONE) return false;
    if (level === TOP + FIELDS) this.levels[TOP] = max;
    this.spread(tail, level);
    return true;
  }

  /** Moves a chain into the finest level. */
  private spread(tail: number, level: number): void {
    const buckets = this.buckets;
    const scale = this.levels[level + SCALE];
    for (let block = buckets.first(tail); block !== 0; block = buckets.recycle(block, tail)) {
      const end = buckets.end(block, tail);
      for (let i = buckets.start(block); i < end; i++) {
        const key = buckets.keys[i];
        buckets.append(place(level, key * scale), key, buckets.ids[i]);
      }
    }
  }

  /** Adds a rung for `count` entries of the keys min to max; returns its offset, or NONE when it could not divide them. */
  private addLevel(count: number, min: number, max: number): number {
    const levels = this.levels;
    const level = this.end;
    const aim = count / (level === TOP + FIELDS ? TOP_OCCUPANCY : OCCUPANCY);
    const most = Math.min(BUCKETS, Math.max(MIN_BUCKETS, aim));
    let scale = this.finestScale;
    while (max * scale >= MAX_NUMBER || Math.floor(max * scale) - Math.floor(min * scale) >= most) scale /= 2;
    if (Math.floor(max * scale) === Math.floor(min * scale) || level > MAX_LEVELS * FIELDS) return NONE;
    levels[level] = min;
    levels[level + SCALE] = scale;
    levels[level + WIDTH] = 1 / scale;
    levels[level + CURRENT] = Math.floor(min * scale) - 1;
    levels[level + LAST] = Math.floor(max * scale);
    levels[level + CLAMP] = levels[level + LAST] / scale;
    this.end = level + FIELDS;
    levels[this.end] = -Infinity;
    return level;
  }

  /** Drops the dead entries of a bucket. */
  private refile(bucket: number): void {
    const { buckets, reaper } = this;
    const tail = buckets.detach(bucket);
    for (let block = buckets.first(tail); block !== 0; block = buckets.recycle(block, tail)) {
      const end = buckets.end(block, tail);
      for (let i = buckets.start(block); i < end; i++) {
        const id = buckets.ids[i];
        if (reaper.dead(id)) reaper.reap(id);
        else buckets.append(bucket, buckets.keys[i], id);
      }
    }
  }
}

/** Place in the directory of a level's bucket, by the integer part of `number`. hot */
function place(level: number, number: number): number {
  return (level << 7) | (number & 1023);
}
