import type { Cycles } from '../sim/units.ts';
import { DramMap, type DramGeometry } from './drammap.ts';

/** What a memory counts, and the index of each count. */
export const DramCount = { Reads: 0, Writes: 1, RowHits: 2, RowMisses: 3, RowConflicts: 4, Waited: 5 } as const;
/** Names of the counts, in the order of their indices; `waited` are cycles that reads waited for banks and buses. */
export const DRAM_LABELS = ['reads', 'writes', 'rowHits', 'rowMisses', 'rowConflicts', 'waited'] as const;

const CLOSED = -1;

/** Whether a row stays in its buffer after an access, and whether it is closed when nobody has wanted it for a while. */
const PAGE_POLICIES = {
  /** A row stays until another one is wanted. */
  open: { keepsRow: true, closesIdle: false },
  /** A row stays until another one is wanted or it has not been used for `idle` cycles. */
  timed: { keepsRow: true, closesIdle: true },
  /** Every access precharges its bank. */
  closed: { keepsRow: false, closesIdle: true },
} as const;
/** What a memory controller does with a row after an access. */
export type PagePolicyName = keyof typeof PAGE_POLICIES;
/** Page policies that a profile may name. */
export const PAGE_POLICY_NAMES = Object.keys(PAGE_POLICIES) as readonly PagePolicyName[];

/** Memory of one node; times in cycles. */
export interface DramSpec extends DramGeometry {
  readonly pages: PagePolicyName;
  /** Latency of a lone read at random, with all that lies between the last level and the devices. */
  readonly latency: Cycles;
  /** Time of one line on the bus of its channel. */
  readonly transfer: Cycles;
  /** Column access (tCL), activation of a row (tRCD), precharging of a bank (tRP). */
  readonly cas: Cycles;
  readonly rcd: Cycles;
  readonly rp: Cycles;
  /** How long a row stays without use where pages are `timed`. */
  readonly idle: Cycles;
}

/** Share of the devices in the latency of a lone read at random: where rows are left open for ever, another one is to be closed first. */
export function deviceCycles({ pages, cas, rcd, rp }: Pick<DramSpec, 'pages' | 'cas' | 'rcd' | 'rp'>): Cycles {
  return cas + rcd + (PAGE_POLICIES[pages].closesIdle ? 0 : rp);
}

/**
 * The row in the buffer of each bank, in the order of requests. A line of that row takes a column access (row hit); with no row open one
 * is activated first (miss), with another open the bank is precharged before that (conflict).
 */
export class RowBuffers {
  /** Of the last access: its channel, its bank among all, cycles until its first data, and for how long the bank takes no other. */
  channel = 0;
  bank = 0;
  access: Cycles = 0;
  busy: Cycles = 0;
  /** Counts by DRAM_LABELS. */
  readonly counts = new Float64Array(DRAM_LABELS.length);
  readonly #spec: DramSpec;
  readonly #map: DramMap;
  readonly #keepsRow: boolean;
  readonly #idle: Cycles;
  readonly #rows: Int32Array;
  readonly #used: Float64Array;

  constructor(spec: DramSpec) {
    this.#spec = spec;
    this.#map = new DramMap(spec);
    this.#keepsRow = PAGE_POLICIES[spec.pages].keepsRow;
    this.#idle = PAGE_POLICIES[spec.pages].closesIdle ? spec.idle : Infinity;
    this.#used = new Float64Array(spec.channels * spec.banks);
    this.#rows = new Int32Array(spec.channels * spec.banks).fill(CLOSED);
  }

  /** Brings a line's row into the buffer of its bank. hot */
  use(line: number, now: Cycles): void {
    const row = this.#map.row(line);
    this.channel = this.#map.channel(line);
    this.bank = this.#map.bank(line);
    const open = now - this.#used[this.bank] > this.#idle ? CLOSED : this.#rows[this.bank];
    this.#used[this.bank] = now;
    this.#rows[this.bank] = this.#keepsRow ? row : CLOSED;
    if (open === row) this.#hit();
    else if (open === CLOSED) this.#activate(DramCount.RowMisses, 0);
    else this.#activate(DramCount.RowConflicts, this.#spec.rp);
  }

  /** Column accesses to an open row follow each other as fast as the bus takes their data. */
  #hit(): void {
    this.counts[DramCount.RowHits]++;
    this.access = this.#spec.cas;
    this.busy = this.#spec.transfer;
  }

  /** The row stays until its data are out: tRCD + tCL stand for tRAS, the least time from activation to precharging. */
  #activate(count: number, precharge: Cycles): void {
    const { cas, rcd, rp } = this.#spec;
    this.counts[count]++;
    this.access = precharge + rcd + cas;
    this.busy = this.#keepsRow ? this.access : this.access + rp;
  }
}
