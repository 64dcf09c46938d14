import { Kind } from './counters.ts';

/** Lackey's letters; a modify is a read for cachegrind. */
const KIND_OF: Readonly<Record<string, number>> = { I: Kind.Fetch, L: Kind.Read, M: Kind.Read, S: Kind.Write };
/** A reference as lackey writes it: at least 8 digits (`%08lx`), no size above 512. Source: valgrind 3.19, lk_main.c. */
const JOINED = /(?:(I) | ([LMS])) ([0-9a-f]{8,16}),([1-9][0-9]{0,2})$/;
const WELL_FORMED = /^(?:I | [LMS]) [0-9a-fA-F]{1,16},(?=[0-9]{1,9}\r?$)0*[1-9]/;
const SHOWN = 60;
const DIGITS = 16;

/** A reference as text holds it; `high` and `low` are the halves of the address as int32. */
export interface TextReference {
  readonly kind: number;
  readonly high: number;
  readonly low: number;
  readonly size: number;
}

/** The reference at the end of a foreign line: lackey's line after output of the program that had no newline. */
export function joinedReference(line: string): TextReference | undefined {
  const match = JOINED.exec(line);
  if (match === null) return undefined;
  const [, code, data, address, size] = match;
  const digits = address.padStart(DIGITS, '0');
  const half = (from: number): number => Number.parseInt(digits.slice(from, from + DIGITS / 2), 16) | 0;
  return { kind: KIND_OF[code ?? data], high: half(0), low: half(DIGITS / 2), size: Number(size) };
}

/** Why a line that begins like a reference cannot be counted. */
export function malformation(line: string): string {
  const shown = line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line;
  const reason = WELL_FORMED.test(line)
    ? 'touches more than two lines of the smallest size, where cachegrind stops'
    : 'is no reference: expected a hexadecimal address of 1 to 16 digits, a comma and a size of 1 to 9 digits';
  return `${JSON.stringify(shown)} ${reason}`;
}
