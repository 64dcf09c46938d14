/** Binary heap of (key, slot), FIFO among equal keys by a sequence number. */
export class HeapQueue {
  #heap: { key: number; sequence: number; slot: number }[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  push(key: number, slot: number): void {
    const heap = this.#heap;
    const entry = { key, sequence: this.#sequence++, slot };
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (before(heap[parent], entry)) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }

  /** Key of the earliest entry; Infinity when empty. */
  topKey(): number {
    return this.#heap.length === 0 ? Infinity : this.#heap[0].key;
  }

  /** Slot of the earliest entry. */
  topSlot(): number {
    return this.#heap[0].slot;
  }

  /** Removes the earliest entry. */
  pop(): void {
    const heap = this.#heap;
    const entry = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
      if (before(entry, heap[child])) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = entry;
  }
}

function before(a: { key: number; sequence: number }, b: { key: number; sequence: number }): boolean {
  return a.key < b.key || (a.key === b.key && a.sequence < b.sequence);
}
