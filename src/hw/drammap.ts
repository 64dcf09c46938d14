import { LINE_BYTES, type Bytes } from '../sim/units.ts';

/**
 * How the number of a line within its channel is cut into column, bank and row: the lowest bit of the bank, given the bits of a column. What the
 * bank leaves below it and next above it is the column, the rest the row. Channels take lines by turns in all of them.
 */
const MAPPINGS = {
  /** Neighbours in a channel lie in different banks (gem5: RoCoRaBaCh). */
  lineInterleaved: (): number => 0,
  /** Neighbours in a channel fill a row of one bank, then one of the next (gem5: RoRaBaCoCh). */
  rowInterleaved: (columnBits: number): number => columnBits,
} as const;
/** How lines are spread over banks and rows. */
export type MappingName = keyof typeof MAPPINGS;
/** Mappings that a profile may name. */
export const MAPPING_NAMES = Object.keys(MAPPINGS) as readonly MappingName[];

/** Geometry of one node's memory: rows and banks are powers of two, channels need not be. */
export interface DramGeometry {
  readonly channels: number;
  /** Banks of a channel, those of all its ranks. */
  readonly banks: number;
  /** What a row buffer holds. */
  readonly rowBytes: Bytes;
  readonly mapping: MappingName;
  /** Whether the low bits of the row are added to the bank without carry, so that rows in conflict are spread; not if absent. */
  readonly hashed?: boolean;
}

/**
 * Where lines lie. `hashed` is permutation-based page interleaving (Zhang, Zhu and Zhang, MICRO 2000): bank XOR low bits of the row.
 */
export class DramMap {
  readonly channels: number;
  readonly banks: number;
  readonly #bankShift: number;
  readonly #rowShift: number;
  readonly #hash: number;

  constructor({ channels, banks, rowBytes, mapping, hashed = false }: DramGeometry) {
    const columnBits = Math.max(0, 31 - Math.clz32(rowBytes / LINE_BYTES));
    const bankBits = 31 - Math.clz32(banks);
    this.channels = channels;
    this.banks = banks;
    this.#bankShift = MAPPINGS[mapping](columnBits);
    this.#rowShift = columnBits + bankBits;
    this.#hash = hashed ? banks - 1 : 0;
  }

  /** hot */
  channel(line: number): number {
    return line % this.channels;
  }

  /** Row among those of its bank. hot */
  row(line: number): number {
    return Math.floor(line / this.channels) >>> this.#rowShift;
  }

  /** Bank among those of all channels. hot */
  bank(line: number): number {
    const within = Math.floor(line / this.channels) >>> this.#bankShift;
    const bank = (within & (this.banks - 1)) ^ (this.row(line) & this.#hash);
    return this.channel(line) * this.banks + bank;
  }
}
