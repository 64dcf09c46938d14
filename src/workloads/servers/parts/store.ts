import type { RegionSpec, ThreadEnv } from '../../../kernel/abi.ts';
import { LINE_BYTES, LINES_PER_PAGE } from '../../../sim/units.ts';
import type { RoleScript } from '../../server.ts';

/** Pages of a store at most: 64 MiB, beyond any cache; items beyond share its lines. */
const MOST_PAGES = 16_384;
const REGION = 'store';
/** Lines of an item beside its value: the entry of the hash table, the header of the item. */
const HEADER_LINES = 1;

/** Values in memory behind a hash table: an operation touches a bucket, then the lines of its item. */
export class Store {
  readonly region: RegionSpec;
  readonly #slotLines: number;
  readonly #bucketLines: number;
  readonly #itemLines: number;

  /** `items` of so many bytes on average. A bucket holds eight pointers, in a line. */
  constructor(items: number, bytes: number) {
    this.#slotLines = HEADER_LINES + Math.ceil(bytes / LINE_BYTES);
    this.#bucketLines = Math.ceil(items / 8);
    const pages = Math.ceil((this.#bucketLines + items * this.#slotLines) / LINES_PER_PAGE);
    this.region = { name: REGION, pages: Math.min(pages, MOST_PAGES), kind: 'data' };
    this.#itemLines = this.region.pages * LINES_PER_PAGE - this.#bucketLines;
  }

  /** Finds an item and reads or writes `bytes` of it. */
  touch(env: ThreadEnv, role: RoleScript, key: number, bytes: number, isWrite: boolean): void {
    const first = env.lineOf(REGION);
    // Of few items, the store may be smaller than a large one.
    const lines = Math.min(this.#itemLines, HEADER_LINES + Math.ceil(bytes / LINE_BYTES));
    const room = this.#itemLines - lines;
    role.script.touch(first + (key % this.#bucketLines), 1, false);
    role.script.touch(first + this.#bucketLines + ((key * this.#slotLines) % Math.max(1, room)), lines, isWrite);
  }
}
