/** Tells the queue which ids are dead, and takes them back when it drops them. */
export interface Reaper {
  dead(id: number): boolean;
  reap(id: number): void;
}

const FIRST_ENTRIES = 512;

/**
 * The earliest entries, (key, id), sorted by key and FIFO among equal keys; taken from `head`, kept in flat arrays. Entries are
 * `keys[i], ids[i]` for i from `head` to below `tail`.
 */
export class SortedRun {
  keys = new Float64Array(FIRST_ENTRIES);
  ids = new Int32Array(FIRST_ENTRIES);
  head = 0;
  tail = 0;
  /** Key for `insert`: a double argument of a call that is not inlined would be boxed. */
  readonly key = new Float64Array(1);

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.keys.byteLength + this.ids.byteLength;
  }

  /** hot */
  get empty(): boolean {
    return this.head === this.tail;
  }

  /** Key of the first entry; the run must not be empty. hot */
  get firstKey(): number {
    return this.keys[this.head];
  }

  /** Id of the first entry; the run must not be empty. */
  get firstId(): number {
    return this.ids[this.head];
  }

  /** Removes the first entry and returns its id. hot */
  take(): number {
    return this.ids[this.head++];
  }

  /** Largest key; the run must not be empty. */
  get last(): number {
    return this.keys[this.tail - 1];
  }

  /** Drops all entries. */
  clear(): void {
    this.head = this.tail = 0;
  }

  /** Sorts in an entry that was scheduled after all others of the run; `key[0]` is its key. Moves the shorter side. */
  insert(id: number): void {
    const key = this.key[0];
    const middle = (this.head + this.tail) >>> 1;
    if (this.head > 0 && this.head < this.tail && key < this.keys[middle]) this.insertFromHead(key, id);
    else this.append(key, id);
  }

  /** Sorts in an entry from the end, behind all entries of equal key. */
  append(key: number, id: number): void {
    if (this.tail === this.keys.length) this.makeRoom();
    const keys = this.keys;
    const ids = this.ids;
    let i = this.tail++;
    while (i > this.head && keys[i - 1] > key) {
      keys[i] = keys[i - 1];
      ids[i] = ids[i - 1];
      i--;
    }
    keys[i] = key;
    ids[i] = id;
  }

  /**
   * Sorts in entries from the end: those at `start` to below `end` of the given arrays, in this order, without the dead ones. To look
   * at each id here also fetches its memory, all at a time, before it is needed. hot
   */
  appendLiving(fromKeys: Float64Array, fromIds: Int32Array, start: number, end: number, reaper: Reaper): void {
    if (this.tail + end - start > this.keys.length) this.makeRoom();
    const keys = this.keys;
    const ids = this.ids;
    const head = this.head;
    let tail = this.tail;
    for (let from = start; from < end; from++) {
      const id = fromIds[from];
      if (reaper.dead(id)) {
        reaper.reap(id);
        continue;
      }
      const key = fromKeys[from];
      let i = tail++;
      while (i > head && keys[i - 1] > key) {
        keys[i] = keys[i - 1];
        ids[i] = ids[i - 1];
        i--;
      }
      keys[i] = key;
      ids[i] = id;
    }
    this.tail = tail;
  }

  /** Drops all dead entries. */
  compact(reaper: Reaper): void {
    let to = this.head;
    for (let i = this.head; i < this.tail; i++) {
      const id = this.ids[i];
      if (reaper.dead(id)) reaper.reap(id);
      else {
        this.keys[to] = this.keys[i];
        this.ids[to++] = id;
      }
    }
    this.tail = to;
  }

  private insertFromHead(key: number, id: number): void {
    const keys = this.keys;
    const ids = this.ids;
    let i = --this.head;
    while (keys[i + 1] <= key) {
      keys[i] = keys[i + 1];
      ids[i] = ids[i + 1];
      i++;
    }
    keys[i] = key;
    ids[i] = id;
  }

  /** Moves the entries to the front, or into arrays of twice the length when they fill most of these. */
  private makeRoom(): void {
    const { keys, ids, head, tail } = this;
    if (head < keys.length / 2) {
      this.keys = new Float64Array(keys.length * 2);
      this.ids = new Int32Array(keys.length * 2);
    }
    this.keys.set(keys.subarray(head, tail));
    this.ids.set(ids.subarray(head, tail));
    this.tail = tail - head;
    this.head = 0;
  }
}
