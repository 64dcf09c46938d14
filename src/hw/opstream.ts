/**
 * Operations of a program; each takes three integer operands, a system call also its number. Addresses are virtual line numbers (page * 64 +
 * line in page).
 */
export const Op = {
  /** first line, lines fetched, instructions retired */
  Execute: 0,
  /** first line, lines */
  Load: 1,
  /** first line, lines */
  Store: 2,
  /** three arguments */
  Syscall: 3,
  /** function id */
  Call: 4,
  Return: 5,
} as const;

/** Words of an operation. */
const WORDS = 4;
const OP_BITS = 8;
const OP_MASK = (1 << OP_BITS) - 1;

/**
 * Buffer of operations of one thread, refilled by its program. `next()` moves to the next operation and leaves it in
 * `op`, `nr` (system call number), `a`, `b`, `c`: no object per operation.
 */
export class OpStream {
  op = 0;
  nr = 0;
  a = 0;
  b = 0;
  c = 0;
  #words: Int32Array;
  #cursor = 0;
  #end = 0;

  /** `capacity`: room for so many operations between two refills, before it grows. */
  constructor(capacity: number) {
    this.#words = new Int32Array(capacity * WORDS);
  }

  /** False when the buffer has run dry. hot */
  next(): boolean {
    const at = this.#cursor;
    if (at === this.#end) return false;
    const words = this.#words;
    this.op = words[at] & OP_MASK;
    this.nr = words[at] >> OP_BITS;
    this.a = words[at + 1];
    this.b = words[at + 2];
    this.c = words[at + 3];
    this.#cursor = at + WORDS;
    return true;
  }

  /** Has the operation that was taken last come again; nothing may have been pushed since. */
  repeat(): void {
    this.#cursor -= WORDS;
  }

  /** Appends an operation. hot */
  push(op: number, a: number, b: number, c: number, nr = 0): void {
    if (this.#cursor === this.#end) this.#cursor = this.#end = 0;
    const at = this.#end;
    if (at === this.#words.length) this.#grow();
    const words = this.#words;
    words[at] = op | (nr << OP_BITS);
    words[at + 1] = a;
    words[at + 2] = b;
    words[at + 3] = c;
    this.#end = at + WORDS;
  }

  #grow(): void {
    const larger = new Int32Array(this.#words.length * 2);
    larger.set(this.#words);
    this.#words = larger;
  }
}
