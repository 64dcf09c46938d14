import { BlockChains } from './blockchains.ts';
import { SortedRun, type Reaper } from './sortedrun.ts';

/** A bucket of at most this many entries is sorted at once; a larger one becomes a rung. A multiple of the block size. */
const SORT_LIMIT = 48;
/** The sorted run turns into a rung when insertions have made it longer than this. */
const RUN_LIMIT = 192;
/** Aimed entries per bucket of a new rung. */
const OCCUPANCY = 1;
/** Most buckets of a rung: so many write streams still fit the host's second-level cache; what is larger splits again. */
const MAX_BUCKETS = 1024;
const MIN_BUCKETS = 8;
/** Keys are below 2^53 and a rung of a split bucket is at least 8 times finer, so 19 levels suffice; the rest is for rungs of spilled runs. */
const MAX_LEVELS = 32;

/** Fields of a level in the table of levels. */
const LIMIT = 0; // keys from here on belong to this level or a coarser one
const ORIGIN = 1; // key at the lower edge of bucket 0
const SCALE = 2; // buckets per unit of key, a power of two
const LAST = 3; // index of the last bucket, which takes all beyond
const BASE = 4; // index of bucket 0 in the directory
const CURRENT = 5; // index of the bucket taken last
const FIELDS = 6;

/**
 * Flat ladder queue (after Tang, Goh, Thng: Ladder Queue, ACM TOMACS 15(3), 2005): a priority queue of (key, id), FIFO among equal
 * keys, at a constant number of moves per entry. Keys are non-negative integers below 2^53, ids non-negative int32.
 *
 * Level 0, the top, is one bucket of all entries beyond the rungs. Each further level is a rung: the entries of one bucket of the
 * level above, spread over finer buckets. `run` holds the earliest entries, sorted. An entry stands in the first level whose limit
 * it reaches, else in the run. Bucket widths are powers of two, so that limits and bucket indexes are exact and equal keys always
 * stand in the same bucket in the order of pushing.
 */
export class LadderQueue {
  /** The caller takes the earliest entry from here; when it is empty, `refill` first. */
  readonly run = new SortedRun();
  private readonly chains = new BlockChains();
  private readonly levels = new Float64Array((MAX_LEVELS + 1) * FIELDS);
  /** Tail of each bucket's chain. */
  private tails = new Int32Array(2 * MAX_BUCKETS);
  /** Offset in the table of levels behind the finest; a limit of -Infinity stands there. */
  private end = FIELDS;

  constructor() {
    this.levels[LIMIT] = -Infinity;
    this.levels[FIELDS + LIMIT] = -Infinity;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.run.bytes + this.chains.bytes + this.tails.byteLength + this.levels.byteLength;
  }

  /** Adds an entry. hot */
  push(key: number, id: number): void {
    const levels = this.levels;
    let level = 0;
    while (key < levels[level]) level += FIELDS;
    if (level === this.end) {
      this.run.key[0] = key;
      this.pushRun(id);
      return;
    }
    let index = (key - levels[level + ORIGIN]) * levels[level + SCALE];
    if (index > levels[level + LAST]) index = levels[level + LAST];
    this.append((levels[level + BASE] + Math.floor(index)) | 0, key, id);
  }

  /** Moves the earliest bucket into the empty run; false when the queue is empty. */
  refill(): boolean {
    this.run.clear();
    for (;;) {
      const bucket = this.nextBucket();
      if (bucket < 0) return false;
      const tail = this.tails[bucket];
      this.tails[bucket] = 0;
      if (!this.chains.longerThan(tail, SORT_LIMIT)) {
        this.pour(tail);
        if (bucket === 0) this.levels[LIMIT] = this.run.last;
        return true;
      }
      if (this.divide(bucket, tail)) return true;
    }
  }

  /** Drops all dead entries. */
  compact(reaper: Reaper): void {
    const last = this.end - FIELDS;
    const buckets = this.levels[last + BASE] + this.levels[last + LAST];
    for (let bucket = 0; bucket <= buckets; bucket++) {
      const tail = this.tails[bucket];
      this.tails[bucket] = 0;
      if (tail !== 0) this.refile(bucket, tail, reaper);
    }
    this.run.compact(reaper);
  }

  /** hot */
  private append(bucket: number, key: number, id: number): void {
    const chains = this.chains;
    const at = chains.slot(this.tails[bucket]);
    chains.keys[at] = key;
    chains.ids[at] = id;
    this.tails[bucket] = at + 1;
  }

  /** Puts an entry of key `run.key` into the run, or into a rung made of a run that has grown too long. */
  private pushRun(id: number): void {
    const run = this.run;
    if (run.tail - run.head < RUN_LIMIT || !this.spill()) run.insert(id);
    else this.push(run.key[0], id);
  }

  /** Index of the earliest non-empty bucket, whose level's limit moves behind it; exhausted rungs are left. -1 when all is empty. */
  private nextBucket(): number {
    const levels = this.levels;
    for (let level = this.end - FIELDS; level > 0; level -= FIELDS) {
      const base = levels[level + BASE] | 0;
      const last = base + (levels[level + LAST] | 0);
      let bucket = base + (levels[level + CURRENT] | 0) + 1;
      while (bucket <= last && this.tails[bucket] === 0) bucket++;
      if (bucket <= last) {
        this.advance(level, bucket - base);
        return bucket;
      }
      levels[level + LIMIT] = -Infinity;
      this.end = level;
    }
    if (this.tails[0] !== 0) return 0;
    levels[LIMIT] = -Infinity;
    return -1;
  }

  /** Makes a bucket the current one of its rung. The last bucket reaches up to the limit of the level above. */
  private advance(level: number, index: number): void {
    const levels = this.levels;
    levels[level + CURRENT] = index;
    levels[level + LIMIT] =
      index === levels[level + LAST]
        ? levels[level - FIELDS + LIMIT]
        : levels[level + ORIGIN] + (index + 1) / levels[level + SCALE];
  }

  /** Moves a chain into the empty run, sorted. hot */
  private pour(tail: number): void {
    const chains = this.chains;
    const keys = chains.keys;
    const ids = chains.ids;
    let block = chains.first(tail);
    while (block !== 0) {
      this.run.appendAll(keys, ids, chains.start(block), chains.end(block, tail));
      const next = chains.after(block, tail);
      chains.recycle(block);
      block = next;
    }
  }

  /** Spreads a long chain over a new rung; true when it went into the run instead, having one key only. */
  private divide(bucket: number, tail: number): boolean {
    const chains = this.chains;
    let min = Infinity;
    let max = -Infinity;
    let count = 0;
    for (let block = chains.first(tail); block !== 0; block = chains.after(block, tail)) {
      const end = chains.end(block, tail);
      for (let i = chains.start(block); i < end; i++) {
        const key = chains.keys[i];
        if (key < min) min = key;
        if (key > max) max = key;
        count++;
      }
    }
    if (bucket === 0) this.levels[LIMIT] = max;
    if (min === max || this.end === MAX_LEVELS * FIELDS) {
      this.pour(tail);
      return true;
    }
    this.spread(tail, count, min, max);
    return false;
  }

  /** Turns the run into a rung; false when that would not divide it. */
  private spill(): boolean {
    const { run } = this;
    const { keys, ids, head, tail } = run;
    if (keys[head] === keys[tail - 1] || this.end === MAX_LEVELS * FIELDS) return false;
    let chain = 0;
    for (let i = head; i < tail; i++) {
      const at = this.chains.slot(chain);
      this.chains.keys[at] = keys[i];
      this.chains.ids[at] = ids[i];
      chain = at + 1;
    }
    run.clear();
    this.spread(chain, tail - head, keys[head], keys[tail - 1]);
    return true;
  }

  /** Makes a new finest level for the keys min to max and moves the chain's `count` entries into it. */
  private spread(tail: number, count: number, min: number, max: number): void {
    const chains = this.chains;
    const level = this.addLevel(count, min, max);
    const base = this.levels[level + BASE];
    const scale = this.levels[level + SCALE];
    let block = chains.first(tail);
    while (block !== 0) {
      const end = chains.end(block, tail);
      for (let i = chains.start(block); i < end; i++) {
        const key = chains.keys[i];
        this.append((base + Math.floor((key - min) * scale)) | 0, key, chains.ids[i]);
      }
      const next = chains.after(block, tail);
      chains.recycle(block);
      block = next;
    }
  }

  /** Adds a rung for `count` entries of the keys min to max; returns its offset in the table of levels. */
  private addLevel(count: number, min: number, max: number): number {
    const levels = this.levels;
    const level = this.end;
    const buckets = Math.min(MAX_BUCKETS, Math.max(MIN_BUCKETS, count / OCCUPANCY));
    let scale = 1;
    while ((max - min) * scale >= buckets) scale /= 2;
    levels[level + LIMIT] = min;
    levels[level + ORIGIN] = min;
    levels[level + SCALE] = scale;
    levels[level + LAST] = Math.floor((max - min) * scale);
    levels[level + BASE] = levels[level - FIELDS + BASE] + levels[level - FIELDS + LAST] + 1;
    levels[level + CURRENT] = -1;
    this.end = level + FIELDS;
    levels[this.end + LIMIT] = -Infinity;
    this.reserve(levels[level + BASE] + levels[level + LAST] + 1);
    return level;
  }

  /** Makes the directory hold at least so many buckets. */
  private reserve(buckets: number): void {
    if (buckets <= this.tails.length) return;
    const tails = new Int32Array(2 * buckets);
    tails.set(this.tails);
    this.tails = tails;
  }

  /** Appends the living entries of a detached chain to a bucket. */
  private refile(bucket: number, tail: number, reaper: Reaper): void {
    const chains = this.chains;
    let block = chains.first(tail);
    while (block !== 0) {
      const end = chains.end(block, tail);
      for (let i = chains.start(block); i < end; i++) {
        if (reaper.dead(chains.ids[i])) reaper.reap(chains.ids[i]);
        else this.append(bucket, chains.keys[i], chains.ids[i]);
      }
      const next = chains.after(block, tail);
      chains.recycle(block);
      block = next;
    }
  }
}
