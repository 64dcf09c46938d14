/** Entries of a block: 8 keys fill one host cache line. */
const SHIFT = 3;
const SIZE = 1 << SHIFT;
const MASK = SIZE - 1;
/** Growth of the storage: memory stays within a quarter of what is needed, copying within four moves of an entry's life. */
const GROWTH = 1.25;
const FIRST_BLOCKS = 64;

/**
 * Storage of unsorted lists of (key, id) entries as chains of 8-entry blocks. A chain is named by its `tail`: the position after
 * its last entry, 0 for the empty chain. The last block links back to the first. Order of appending is kept.
 */
export class BlockChains {
  keys = new Float64Array(FIRST_BLOCKS * SIZE);
  ids = new Int32Array(FIRST_BLOCKS * SIZE);
  private next = new Int32Array(FIRST_BLOCKS);
  private free = 0;
  /** Block 0 is never used, so that tail 0 can mean empty. */
  private used = 1;

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.keys.byteLength + this.ids.byteLength + this.next.byteLength;
  }

  /** Position where the next entry of the chain goes; the chain's tail becomes this + 1. hot */
  slot(tail: number): number {
    return (tail & MASK) === 0 ? this.extend(tail) : tail;
  }

  /** First block of a non-empty chain. */
  first(tail: number): number {
    return this.next[(tail - 1) >>> SHIFT];
  }

  /** Position after the last entry of a block of the chain. */
  end(block: number, tail: number): number {
    return block === (tail - 1) >>> SHIFT ? tail : (block + 1) << SHIFT;
  }

  /** Position of the first entry of a block. */
  start(block: number): number {
    return block << SHIFT;
  }

  /** Block after `block` in the chain; 0 after the last. */
  after(block: number, tail: number): number {
    return block === (tail - 1) >>> SHIFT ? 0 : this.next[block];
  }

  /** Gives a block back; its entries stay readable until the next `slot`. */
  recycle(block: number): void {
    this.next[block] = this.free;
    this.free = block;
  }

  /** Whether the chain has more than `entries` entries, a multiple of the block size. */
  longerThan(tail: number, entries: number): boolean {
    let block = this.first(tail);
    for (let left = entries; block !== 0; left -= SIZE) {
      if (left <= 0) return true;
      block = this.after(block, tail);
    }
    return false;
  }

  private extend(tail: number): number {
    const next = this.next;
    let block = this.free;
    if (block !== 0) this.free = next[block];
    else block = this.grow();
    this.link(block, tail);
    return block << SHIFT;
  }

  private link(block: number, tail: number): void {
    const last = tail === 0 ? block : (tail - 1) >>> SHIFT;
    this.next[block] = tail === 0 ? block : this.next[last];
    this.next[last] = block;
  }

  private grow(): number {
    const block = this.used++;
    if (block === this.next.length) {
      const blocks = Math.ceil(block * GROWTH);
      this.keys = enlarged(this.keys, new Float64Array(blocks * SIZE));
      this.ids = enlarged(this.ids, new Int32Array(blocks * SIZE));
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
