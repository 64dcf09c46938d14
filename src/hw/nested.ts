import type { Cycles } from '../sim/units.ts';
import type { TableFrames } from './tableframes.ts';

/** The host's tables under a virtual machine, from frames of the guest to its own (nested paging), and how a core caches them. */
export interface NestedTables {
  readonly tables: TableFrames;
  /** Level that maps the guest's memory: 0 where the host uses pages of 4 KiB, 1 for pages of 2 MiB. */
  readonly leaf: number;
  /** Geometry of a core's nested TLB, which holds entries of all levels. */
  readonly cache: { readonly sets: number; readonly ways: number };
  /** Cycles of a look-up in it, which each address of a walk takes. */
  readonly hit: Cycles;
}
