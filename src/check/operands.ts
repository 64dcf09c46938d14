import {
  CAPABILITY_NAMES,
  OFFSET_NAMES,
  PAGE_NAMES,
  TRANSFER_NAMES,
  addressOf,
  offsetOf,
  pageOf,
} from '../kernel/semantics/names.ts';
import type { Operand } from '../kernel/semantics/operations.ts';
import { refuse } from './nearest.ts';

/** A value of a recorded step: a name, a number, a list of names, or a record such as sigreturn's frame. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** A mistake in a program; the message says what is allowed. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

/** The values of one step, read one after another. */
export class ValueReader {
  private at = 0;
  private readonly values: readonly Value[];

  constructor(values: readonly Value[]) {
    this.values = values;
  }

  /** Whether values are left. */
  get more(): boolean {
    return this.at < this.values.length;
  }

  /** The next value. Throws ProgramError when there is none. */
  next(what: string): Value {
    if (!this.more) throw new ProgramError(`${what} is missing`);
    return this.values[this.at++];
  }
}

/** Numbers of an operation that an operand fills, in order, and the declared entries of `exec`. */
export interface Filled {
  readonly numbers: readonly number[];
  readonly list?: readonly number[];
}

/** How an operand is read from a step's values, what it is when left out, and how it is printed as values. */
interface OperandCodec {
  read(reader: ValueReader): Filled;
  readonly absent: readonly number[];
  print(numbers: readonly number[], list: readonly number[]): readonly Value[];
}

/** Index of a name in a list. Throws ProgramError with the nearest name. */
export function indexOf(what: string, value: Value, names: readonly string[]): number {
  const index = typeof value === 'string' ? names.indexOf(value) : -1;
  if (index < 0) throw new ProgramError(refuse(what, value, names));
  return index;
}

/** A whole number in a range. */
function wholeNumber(what: string, value: Value, least: number, most: number): number {
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number;
  throw new ProgramError(`${what} ${JSON.stringify(value)} is not a whole number from ${least} to ${most}`);
}

/** The address "A:M" or "A.M". */
export function readAddress(text: Value): number {
  const parts = typeof text === 'string' ? text.split(/[:.]/) : [];
  if (parts.length !== 2) throw new ProgramError(`${JSON.stringify(text)} is not an address such as A:E`);
  return addressOf(indexOf('page', parts[0], PAGE_NAMES), indexOf('offset', parts[1], OFFSET_NAMES));
}

/** The address as "A:M". */
export function printAddress(address: number): string {
  return `${PAGE_NAMES[pageOf(address)]}:${OFFSET_NAMES[offsetOf(address)]}`;
}

/** Bits of a list of capability names. */
export function readCapabilities(value: Value): number {
  if (!Array.isArray(value))
    throw new ProgramError(`${JSON.stringify(value)} is not a list of capabilities such as [K, B]`);
  return (value as readonly Value[]).reduce<number>(
    (set, name) => set | (1 << indexOf('capability', name, CAPABILITY_NAMES)),
    0,
  );
}

/** Names of a set of capabilities. */
export function printCapabilities(set: number): string[] {
  return CAPABILITY_NAMES.filter((_, i) => (set & (1 << i)) !== 0);
}

/** Checks that a record has only the given keys. */
export function readRecord(what: string, value: Value, keys: readonly string[]): Readonly<Record<string, Value>> {
  if (typeof value !== 'object' || (value as unknown) === null || Array.isArray(value))
    throw new ProgramError(`${what} ${JSON.stringify(value)} is not a record {…}`);
  for (const key of Object.keys(value))
    if (!keys.includes(key)) throw new ProgramError(refuse(`key of ${what}`, key, keys));
  return value as Readonly<Record<string, Value>>;
}

/** An operand that is one name of a list. */
function named(what: string, names: readonly string[], absent: number): OperandCodec {
  return {
    absent: [absent],
    read: (reader) => ({ numbers: [indexOf(what, reader.next(what), names)] }),
    print: ([index]) => [names[index]],
  };
}

/** An operand that is a whole number. */
function counted(what: string, least: number, most: number, absent: number): OperandCodec {
  return {
    absent: [absent],
    read: (reader) => ({ numbers: [wholeNumber(what, reader.next(what), least, most)] }),
    print: ([number]) => [number],
  };
}

const STORED = ['D', 'N', 'V', 'V2'] as const;
const CONTENTS = ['free', 'D', 'N', 'V'] as const;

/** Reads sigreturn's forged frame {v, o, m, legit}: an address and the bits of `GivenFrame`. */
function readFrame(reader: ValueReader): Filled {
  const frame = readRecord('frame', reader.next('frame'), ['v', 'o', 'm', 'legit']);
  const address = addressOf(
    indexOf('page', frame['v'] ?? '', PAGE_NAMES),
    indexOf('offset', frame['o'] ?? '', OFFSET_NAMES),
  );
  const mode = wholeNumber('m', frame['m'] ?? 3, 0, 3);
  if (mode !== 0 && mode !== 3) throw new ProgramError(`m ${mode} is neither 0 nor 3`);
  return { numbers: [address, (mode === 0 ? 1 : 0) | (wholeNumber('legit', frame['legit'] ?? 0, 0, 1) << 1)] };
}

function printFrame([address, bits]: readonly number[]): readonly Value[] {
  if (address < 0) return [];
  const legit = (bits & 2) !== 0 ? { legit: 1 } : {};
  return [
    { v: PAGE_NAMES[pageOf(address)], o: OFFSET_NAMES[offsetOf(address)], m: (bits & 1) !== 0 ? 0 : 3, ...legit },
  ];
}

/** Reads execve's file {fP, fI, fE, root, et, declT}. */
function readFile(reader: ValueReader): Filled {
  const file = readRecord('file', reader.next('file'), ['fP', 'fI', 'fE', 'root', 'et', 'declT']);
  const bit = (key: string): number => wholeNumber(key, file[key] ?? 0, 0, 1);
  const entries = file['et'] ?? [];
  if (!Array.isArray(entries)) throw new ProgramError(`et ${JSON.stringify(entries)} is not a list of addresses`);
  const sets = readCapabilities(file['fP'] ?? []) | (readCapabilities(file['fI'] ?? []) << 2);
  const flags = bit('fE') | (bit('root') << 1) | (bit('declT') << 2);
  return { numbers: [sets, flags], list: (entries as readonly Value[]).map(readAddress) };
}

function printFile([sets, flags]: readonly number[], list: readonly number[]): readonly Value[] {
  const file: Record<string, Value> = {};
  if ((sets & 3) !== 0) file['fP'] = printCapabilities(sets & 3);
  if (sets >> 2 !== 0) file['fI'] = printCapabilities(sets >> 2);
  for (const [i, key] of ['fE', 'root', 'declT'].entries()) if ((flags & (1 << i)) !== 0) file[key] = 1;
  if (list.length > 0) file['et'] = list.map(printAddress);
  return [file];
}

/** Reads a page and an offset, which a recorded step holds as two values. */
function readTarget(reader: ValueReader): Filled {
  const page = indexOf('page', reader.next('page'), PAGE_NAMES);
  return { numbers: [addressOf(page, indexOf('offset', reader.next('offset'), OFFSET_NAMES))] };
}

/** Reads `dma` or 1. */
function readDma(reader: ValueReader): Filled {
  const value = reader.next('dma');
  return { numbers: [value === 'dma' ? 1 : wholeNumber('dma', value, 0, 1)] };
}

/** All operands. */
export const OPERAND_CODECS: Readonly<Record<Operand, OperandCodec>> = {
  page: named('page', PAGE_NAMES, -1),
  address: {
    absent: [-1],
    read: readTarget,
    print: ([address]) => [PAGE_NAMES[pageOf(address)], OFFSET_NAMES[offsetOf(address)]],
  },
  transfer: named('transfer', TRANSFER_NAMES, 0),
  returnOffset: named('offset', OFFSET_NAMES, -1),
  flag: counted('flag', -0x80000000, 0x7fffffff, 0),
  bit: counted('right', 0, 1, 1),
  content: named('content', CONTENTS, 1),
  stored: named('content', STORED, 0),
  thread: counted('thread', 0, 253, -1),
  capability: {
    absent: [0],
    read: (reader) => ({ numbers: [1 << indexOf('capability', reader.next('capability'), CAPABILITY_NAMES)] }),
    print: ([set]) => printCapabilities(set),
  },
  capabilities: {
    absent: [0],
    read: (reader) => ({ numbers: [readCapabilities(reader.next('capabilities'))] }),
    print: ([set]) => [printCapabilities(set)],
  },
  argument: named('argument', ['ok', 'kptr'], -1),
  entry: {
    absent: [-1],
    read: (reader) => ({ numbers: [readAddress(reader.next('entry'))] }),
    print: ([address]) => [printAddress(address)],
  },
  service: named('service', ['', 'open'], 0),
  pin: counted('pin', 0, 253, 0),
  dma: { absent: [0], read: readDma, print: ([on]) => (on === 1 ? ['dma'] : []) },
  level: counted('segment level', 0, 3, 3),
  frame: { absent: [-1, 0], read: readFrame, print: printFrame },
  file: { absent: [0, 0], read: readFile, print: printFile },
};
