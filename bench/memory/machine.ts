import { Domain } from '../../src/hw/cpi.ts';
import { ExactLines } from '../../src/hw/fidelity/exactlines.ts';
import { FrontEnd } from '../../src/hw/frontend.ts';
import { frontEndSpec } from '../../src/hw/frontendspec.ts';
import { Hierarchy } from '../../src/hw/hierarchy.ts';
import { LEVEL_NAMES } from '../../src/hw/level.ts';
import { Ledger } from '../../src/hw/ledger.ts';
import type { MemoryNode } from '../../src/hw/memorynodes.ts';
import { MemoryPort } from '../../src/hw/memoryport.ts';
import { MissRun, stallsUnder, type OverlapSpec } from '../../src/hw/missrun.ts';
import { KERNEL_PAGES, KERNEL_VPN, PageFlag, PageTable } from '../../src/hw/pagetable.ts';
import { DRAM_LABELS } from '../../src/hw/rowbuffers.ts';
import { ServedCounts } from '../../src/hw/servedcounts.ts';
import { Tlbs } from '../../src/hw/tlb.ts';
import { TrafficCount } from '../../src/hw/traffic.ts';
import { StatsRegistry } from '../../src/sim/stats.ts';
import { LINES, OPERATION } from './streams.ts';

/** Sets and ways: D-TLB 64/4, second-level TLB 1536/12, L1 32 KiB/8, L2 1 MiB/16, L3 32 MiB/16, inclusive. The C reference has the same. */
const CACHES = {
  cores: 1,
  l1i: { sets: 64, ways: 8 },
  l1d: { sets: 64, ways: 8 },
  l2: { sets: 1024, ways: 16, latency: 10 },
  llc: { sets: 32_768, ways: 16, latency: 46, inclusion: 'inclusive' },
  remoteLatency: 100,
} as const;
const TLBS = {
  itlb: { sets: 16, ways: 4 },
  dtlb: { sets: 16, ways: 4 },
  large: { sets: 8, ways: 4 },
  stlb: { sets: 128, ways: 12 },
  stlbHit: 7,
  walker: { levels: 4, cache: { sets: 8, ways: 4 }, loadToUse: 4 },
} as const;
/** The core fetches no code here. */
const FRONT_END = frontEndSpec(false, { user: 1, kernel: 1 });
/** Of memory, in cycles. Banks and queues of src/hw/dram.ts are not measured here. */
const MEMORY_CYCLES = 210;
const OVERLAP: OverlapSpec = { l2: 3, llc: 2, remote: 1.7, dram: 1.5, fills: 5, lineCycles: 2 };
const PAGES = LINES / 64;
/** The lines of the stream's pages, and of the tables that map them. */
const PHYSICAL_LINES = LINES + 64 * 64;
const TABLE_LEVELS = 4;
const TAG = 1;
/** Beyond 2^32 cycles, as in runs of more than a second or two, where a time is no small integer of V8. */
const CLOCK_START = 2 ** 33;
const TRAPS = { onLeave: (): void => {}, onFault: (): void => {} } as const;

/** Memory that answers in a fixed time. */
class FlatMemory implements MemoryNode {
  readonly counts = new Float64Array(DRAM_LABELS.length);

  read(): number {
    return MEMORY_CYCLES;
  }

  write(): void {
    // Nobody waits for it.
  }
}

/** The memory system of one core, on the way that the core itself goes: translation, L1, L2, last level, directory, memory. */
export class MemorySystem {
  readonly #table: PageTable;
  readonly #tlbs: Tlbs;
  readonly #port: MemoryPort;
  readonly #stats = new StatsRegistry();
  readonly #traffic: Float64Array;
  readonly #ledger: Ledger;

  constructor() {
    const hierarchy = new Hierarchy({ ...CACHES, lines: PHYSICAL_LINES }, new FlatMemory());
    const ledger = (this.#ledger = new Ledger('core0', this.#stats));
    ledger.domain = Domain.User;
    ledger.now = CLOCK_START;
    const served = new ServedCounts('core0', ledger, this.#stats);
    const [data, fetch] = [new MissRun(stallsUnder(OVERLAP)), new MissRun(stallsUnder(OVERLAP))];
    const owner = { core: 0, thread: 0, ledger, served, data, fetch, frontEnd: new FrontEnd(FRONT_END) };
    const lines = new ExactLines(owner, hierarchy);
    this.#traffic = hierarchy.traffic;
    this.#tlbs = new Tlbs(0, TLBS, hierarchy);
    this.#table = mapAll();
    const kernelTable = new PageTable(KERNEL_VPN, KERNEL_PAGES, () => 0);
    this.#port = new MemoryPort('core0', ledger, lines, this.#tlbs, kernelTable, TRAPS);
    this.#port.loadSpace(this.#table, TAG, false);
  }

  /** Performs the operations of a stream. hot */
  run(stream: Int32Array): void {
    const port = this.#port;
    for (let at = 0; at < stream.length; at += OPERATION)
      port.touch(stream[at] >> 1, stream[at + 1], (stream[at] & 1) === 1);
  }

  /** Page walks and the lines they read, misses of L1 by the level that served them, lines written to memory, cycles. */
  get outcome(): string {
    const { names } = this.#stats.snapshot();
    const served = LEVEL_NAMES.map((level) => this.#stats.values[names.indexOf(`core0.served.${level}User`)]);
    const writes = this.#traffic[TrafficCount.MemoryWrites];
    const cycles = this.#ledger.now - CLOCK_START;
    return [this.#tlbs.walks, this.#tlbs.walker.references, ...served, writes, cycles].join(',');
  }

  /** A stream as the C reference reads it: physical lines, pages, operations; by page its entry and the lines of its tables; the operations. */
  encode(stream: Int32Array): Buffer {
    const pages = Array.from({ length: PAGES }, (_, vpn) => [
      this.#table.entry(vpn),
      ...Array.from({ length: TABLE_LEVELS }, (_level, level) => this.#table.frames.line(vpn, level)),
    ]).flat();
    const words = Int32Array.from([PHYSICAL_LINES, PAGES, stream.length / OPERATION, ...pages]);
    return Buffer.concat([Buffer.from(words.buffer), Buffer.from(stream.buffer)]);
  }
}

function mapAll(): PageTable {
  let frame = 1;
  const table = new PageTable(0, PAGES, () => frame++);
  for (let vpn = 0; vpn < PAGES; vpn++) table.map(vpn, frame++, PageFlag.Write);
  return table;
}
