import type { Geometry } from './geometry.ts';
import { joinedReference, malformation } from './lackeyline.ts';
import { LineCutter } from './linecutter.ts';
import { TraceWriter, type WordSink } from './tracewriter.ts';

// Constants stand inside the functions that loop: there they fold into the code, those of a module are loaded at each use.
const NEWLINE = 10;
/** Bytes of a line that are looked at once it is known not to be a plain reference. */
const SHOWN_BYTES = 80;
const MAX_KEPT = 100;
/** Value of each hexadecimal digit; 16 for every other byte. */
const HEX = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase());
  return digit < 0 ? 16 : digit;
});

/** A line that begins like a reference but counts in none of the numbers; `line` is counted from 1. */
export interface MalformedLine {
  readonly line: number;
  readonly message: string;
}

/**
 * Reads what `valgrind --tool=lackey --trace-mem=yes` writes: `I  addr,size`, ` L addr,size`, ` S addr,size`, ` M addr,size`.
 * Other lines, valgrind's messages and the program's output, are skipped. Chunks may be cut anywhere; nothing of them is kept.
 */
export class LackeyReader {
  lines = 0;
  /** Lines without a reference. */
  skipped = 0;
  malformedLines = 0;
  /** The first 100 malformed lines. */
  readonly malformed: MalformedLine[] = [];
  readonly #writer: TraceWriter;
  readonly #cutter = new LineCutter((bytes, start, end) => this.#read(bytes, start, end));

  /** `sink` takes the decoded trace; `isMerging` false writes repeated references too. */
  constructor(geometry: Geometry, sink: WordSink, isMerging = true) {
    this.#writer = new TraceWriter(geometry, sink, isMerging);
  }

  /** References so far, by kind. */
  get references(): Readonly<ArrayLike<number>> {
    return this.#writer.references;
  }

  /** Takes the next bytes of the trace. */
  add(chunk: Uint8Array): void {
    this.#cutter.add(chunk);
  }

  /** Ends the trace: hands the last references to the sink. */
  end(): void {
    this.#cutter.end();
    this.#writer.flush();
  }

  // hot
  #read(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end;) {
      this.lines++;
      const kind = kindAt(bytes, at);
      at = kind < 0 ? this.#foreign(bytes, at) : this.#reference(kind, bytes, at, end);
    }
  }

  // Reads one line that begins like a reference and returns where the next one begins. The line's newline stops each scan. hot
  #reference(kind: number, bytes: Uint8Array, start: number, end: number): number {
    const first = start + 3;
    const comma = 44;
    const zero = 48;
    const maxHexDigits = 16;
    const maxSizeDigits = 9;
    let high = 0;
    let low = 0;
    let at = first;
    if (first + 8 < end) {
      const upper = fourDigits(bytes, at);
      const lower = fourDigits(bytes, at + 4);
      if ((upper | lower) < 0x10000) {
        low = (upper << 16) | lower;
        at += 8;
      }
    }
    for (let digit = HEX[bytes[at]]; digit < 16; digit = HEX[bytes[++at]]) {
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
    }
    if (bytes[at] !== comma || at === first || at > first + maxHexDigits) return this.#refuse(bytes, start);
    const sizeAt = at + 1;
    let size = 0;
    for (let digit = bytes[++at] - zero; digit >>> 0 < 10; digit = bytes[++at] - zero) size = size * 10 + digit;
    if (size === 0 || at > sizeAt + maxSizeDigits) return this.#refuse(bytes, start);
    if (bytes[at] === 13) at++;
    if (bytes[at] !== 10 || !this.#writer.reference(kind, high, low, size)) return this.#refuse(bytes, start);
    return at + 1;
  }

  #foreign(bytes: Uint8Array, start: number): number {
    const end = bytes.indexOf(NEWLINE, start);
    const joined = joinedReference(textOf(bytes.subarray(Math.max(start, end - SHOWN_BYTES), end)));
    if (joined === undefined || !this.#writer.reference(joined.kind, joined.high, joined.low, joined.size))
      this.skipped++;
    return end + 1;
  }

  #refuse(bytes: Uint8Array, start: number): number {
    const end = bytes.indexOf(NEWLINE, start);
    this.malformedLines++;
    if (this.malformed.length < MAX_KEPT) {
      const text = textOf(bytes.subarray(start, Math.min(end, start + SHOWN_BYTES)));
      this.malformed.push({ line: this.lines, message: malformation(text) });
    }
    return end + 1;
  }
}

/** Kind of the reference that the prefix of a line announces; negative for any other line. hot */
function kindAt(bytes: Uint8Array, at: number): number {
  const space = 32;
  const foreign = -1;
  const first = bytes[at];
  if (first === 0x49) return bytes[at + 1] === space && bytes[at + 2] === space ? 0 : foreign;
  if (first !== space) return foreign;
  const letter = bytes[at + 1];
  if ((letter !== 0x4c && letter !== 0x53 && letter !== 0x4d) || bytes[at + 2] !== space) return foreign;
  return letter === 0x53 ? 2 : 1;
}

/** Four hexadecimal digits as a number below 2^16, or more than that when they are not four. hot */
function fourDigits(bytes: Uint8Array, at: number): number {
  const a = HEX[bytes[at]];
  const b = HEX[bytes[at + 1]];
  const c = HEX[bytes[at + 2]];
  const d = HEX[bytes[at + 3]];
  return (a | b | c | d) < 16 ? (a << 12) | (b << 8) | (c << 4) | d : 0x10000;
}

/** Bytes as text, one character each. */
function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
