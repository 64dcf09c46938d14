/** Entries of a block: 8 keys fill one host cache line. Hot code spells it out as shift by 3 and mask 7. */
const SIZE = 8;
/** Growth of the storage: at most an eighth of it is spare; an entry is copied nine times on average while a run fills. */
const GROWTH = 1.125;
const FIRST_BLOCKS = 64;

/**
 * Numbered buckets of unsorted (key, id) entries, each a chain of 8-entry blocks in the order of appending. A chain is named by its
 * `tail`, the position after its last entry; 0 is the empty chain. The last block links back to the first.
 */
export class Buckets {
  keys = new Float64Array(FIRST_BLOCKS * SIZE);
  ids = new Int32Array(FIRST_BLOCKS * SIZE);
  /** Tail of each bucket's chain. */
  readonly tails: Int32Array;
  private next = new Int32Array(FIRST_BLOCKS);
  private free = 0;
  /** Block 0 is never used, so that tail 0 can mean empty. */
  private used = 1;

  constructor(buckets: number) {
    this.tails = new Int32Array(buckets);
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.keys.byteLength + this.ids.byteLength + this.next.byteLength + this.tails.byteLength;
  }

  /** Appends an entry to a bucket. hot */
  append(bucket: number, key: number, id: number): void {
    const tails = this.tails;
    let at = tails[bucket];
    if ((at & 7) === 0) at = this.extend(at);
    this.keys[at] = key;
    this.ids[at] = id;
    tails[bucket] = at + 1;
  }

  /** Takes the chain out of a bucket. */
  detach(bucket: number): number {
    const tail = this.tails[bucket];
    this.tails[bucket] = 0;
    return tail;
  }

  /** First block of a chain; 0 of the empty one. */
  first(tail: number): number {
    return tail === 0 ? 0 : this.next[(tail - 1) >>> 3];
  }

  /** Position of the first entry of a block. */
  start(block: number): number {
    return block << 3;
  }

  /** Position after the last entry of a block of the chain. */
  end(block: number, tail: number): number {
    return block === (tail - 1) >>> 3 ? tail : (block + 1) << 3;
  }

  /** Block after `block` in the chain; 0 after the last. */
  after(block: number, tail: number): number {
    return block === (tail - 1) >>> 3 ? 0 : this.next[block];
  }

  /** Gives a block of a detached chain back and returns the one after it; its entries stay readable until the next `append`. */
  recycle(block: number, tail: number): number {
    const after = this.after(block, tail);
    this.next[block] = this.free;
    this.free = block;
    return after;
  }

  /** Whether a chain has more than so many blocks. */
  longerThan(tail: number, blocks: number): boolean {
    let block = this.first(tail);
    for (let left = blocks; block !== 0; left--) {
      if (left === 0) return true;
      block = this.after(block, tail);
    }
    return false;
  }

  /** Links a block to the end of a chain and returns its first position. */
  extend(tail: number): number {
    const block = this.free === 0 ? this.grow() : this.free;
    const next = this.next;
    this.free = next[block];
    if (tail === 0) next[block] = block;
    else {
      const last = (tail - 1) >>> 3;
      next[block] = next[last];
      next[last] = block;
    }
    return block << 3;
  }

  private grow(): number {
    const block = this.used++;
    if (block === this.next.length) {
      const blocks = Math.ceil(block * GROWTH);
      this.keys = enlarged(this.keys, new Float64Array(blocks * 8));
      this.ids = enlarged(this.ids, new Int32Array(blocks * 8));
      this.next = enlarged(this.next, new Int32Array(blocks));
    }
    return block;
  }
}

/** Copies an array into a larger one. */
function enlarged<A extends Float64Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
