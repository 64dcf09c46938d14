/** Integers by index, in an array that grows. */
export class GrowingInts {
  data: Int32Array;

  constructor(room = 64) {
    this.data = new Int32Array(room);
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.data.byteLength;
  }

  /** Makes room for indices below `length`. */
  reserve(length: number): void {
    if (length <= this.data.length) return;
    const data = new Int32Array(Math.max(this.data.length * 2, length));
    data.set(this.data);
    this.data = data;
  }

  /** Puts a value anywhere. */
  set(index: number, value: number): void {
    if (index >= this.data.length) this.reserve(index + 1);
    this.data[index] = value;
  }
}
