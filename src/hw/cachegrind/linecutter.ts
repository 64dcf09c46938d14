const NEWLINE = 10;
/** Bytes that are kept of a line which a chunk cuts. */
const CARRY_BYTES = 256;
/** More than the longest reference of a trace. */
const KEPT_BYTES = 64;
const FILLER = 63;

/** Takes whole lines: bytes `start` to `end`, the last of which is a newline. */
export type LineSink = (bytes: Uint8Array, start: number, end: number) => void;

/**
 * Cuts a stream of chunks after its newlines. Keeps what follows the last newline of a chunk: at most 256 bytes, of a longer line
 * a mark and the end.
 */
export class LineCutter {
  readonly #sink: LineSink;
  readonly #carry = new Uint8Array(CARRY_BYTES + 1);
  #length = 0;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Takes the next chunk; it is not kept. */
  add(piece: Uint8Array): void {
    // A plain view of what may be a Buffer: with arrays of one class the engine's code for the scan is half as long.
    const chunk = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    const start = this.#length === 0 ? 0 : chunk.indexOf(NEWLINE) + 1;
    if (start > 0) {
      this.#keep(chunk.subarray(0, start - 1));
      this.end();
    }
    if (end > start) this.#sink(chunk, start, end);
    this.#keep(chunk.subarray(end));
  }

  /** Hands on the last line when no newline follows it. */
  end(): void {
    if (this.#length === 0) return;
    this.#carry[this.#length] = NEWLINE;
    const length = this.#length + 1;
    this.#length = 0;
    this.#sink(this.#carry, 0, length);
  }

  #keep(part: Uint8Array): void {
    if (this.#length + part.length <= CARRY_BYTES) {
      this.#carry.set(part, this.#length);
      this.#length += part.length;
      return;
    }
    const kept = part.length >= KEPT_BYTES ? new Uint8Array() : this.#carry.slice(0, this.#length);
    const line = new Uint8Array([...kept.subarray(-KEPT_BYTES), ...part.subarray(-KEPT_BYTES)]).subarray(-KEPT_BYTES);
    this.#carry[0] = FILLER;
    this.#carry.set(line, 1);
    this.#length = 1 + line.length;
  }
}
