import { SimulationBug } from '../sim/errors.ts';
import { Rank, type Engine, type EventHandler } from '../sim/engine.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { Cycles, HandlerId } from '../sim/units.ts';
import { Cause, Cpi, CPI_BUCKETS, Domain, DOMAIN_BUCKETS } from './cpi.ts';
import { LEVEL_NAMES, type Hierarchy } from './hierarchy.ts';
import { Op, type OpStream } from './opstream.ts';
import { frameOf, KERNEL_VPN, PageFlag, type PageTable } from './pagetable.ts';
import type { SetAssoc } from './setassoc.ts';
import type { Tlbs } from './tlb.ts';
import type { TrapHandler } from './trap.ts';

const PAGE_LINE_BITS = 6;

/** First line of the page after that of a line. */
function pageEnd(line: number): number {
  return ((line >> PAGE_LINE_BITS) + 1) << PAGE_LINE_BITS;
}

const STORE = true;
const LOAD = false;

/** What a core needs to know of its machine, in cycles. */
export interface CoreSpec {
  readonly id: number;
  readonly userCpi: number;
  readonly kernelCpi: number;
  readonly dataOverlap: number;
  readonly fetchOverlap: number;
  readonly syncWindow: Cycles;
}

/**
 * One core with a local clock. It runs the operations of the current thread until its horizon, taking interrupts between
 * operations. `spend` is the only way time passes, so the CPI buckets sum to elapsed cycles exactly.
 */
export class Core implements EventHandler {
  readonly name: string;
  readonly id: number;
  now: Cycles = 0;
  cpl: 0 | 3 = 3;
  domain: Domain = Domain.Kernel;
  stream: OpStream | undefined = undefined;
  pendingVectors = 0;
  isIdle = true;
  /** Set while code at CPL 0 may run only from KERNELTRUST pages; a fetch elsewhere enters the kernel. */
  trustGuard = false;
  /** Instructions retired, by domain. */
  readonly instructions = new Float64Array(4);
  /** Operations executed and line accesses made so far: the timed events that are not engine events. */
  operations = 0;
  accesses = 0;
  readonly tlbs: Tlbs;
  readonly #spec: CoreSpec;
  readonly #engine: Engine;
  readonly #hierarchy: Hierarchy;
  readonly #l1i: SetAssoc;
  readonly #l1d: SetAssoc;
  readonly #trap: TrapHandler;
  readonly #kernelTable: PageTable;
  readonly #cycles: Float64Array;
  readonly #cpi: number;
  readonly #misses: number;
  #userTable: PageTable;
  #tag = 0;
  #handler = -1 as HandlerId;
  #isScheduled = false;
  #carry = 0;
  #fetchVpn = -1;
  #fetchFrame = 0;
  #dataVpn = -1;
  #dataFrame = 0;

  constructor(
    spec: CoreSpec,
    engine: Engine,
    stats: StatsRegistry,
    hierarchy: Hierarchy,
    tlbs: Tlbs,
    kernelTable: PageTable,
    trap: TrapHandler,
  ) {
    this.name = `core${spec.id}`;
    this.id = spec.id;
    this.#spec = spec;
    this.#engine = engine;
    this.#hierarchy = hierarchy;
    this.#l1i = hierarchy.l1iOf(spec.id);
    this.#l1d = hierarchy.l1dOf(spec.id);
    this.tlbs = tlbs;
    this.#trap = trap;
    this.#kernelTable = kernelTable;
    this.#userTable = kernelTable;
    this.#cycles = stats.values;
    this.#cpi = stats.vector(
      `${this.name}.cpi`,
      CPI_BUCKETS,
      'cycles',
      'Cycles of the core by cause; they sum to elapsed cycles',
    );
    this.#misses = stats.vector(
      `${this.name}.served`,
      SERVED_LABELS,
      'count',
      'First-level cache misses by the level that served them and by whose work missed',
    );
    this.#handler = engine.register(this);
  }

  /** Continuation: catches up with the engine if it was idle, then runs to its horizon. */
  onEvent(_kind: number, _arg: number, now: Cycles): void {
    this.#isScheduled = false;
    if (this.isIdle) this.wakeAt(now);
    this.#run(Math.max(this.#engine.nextEventTime(), now + 1) + this.#spec.syncWindow);
  }

  /** Interrupts the core with a vector; a halted core wakes at `time`. */
  raise(vector: number, time: Cycles): void {
    this.pendingVectors |= vector;
    if (this.isIdle) this.#continueAt(time);
  }

  /** Ends idleness: the time since the core halted is charged to the idle bucket. */
  wakeAt(time: Cycles): void {
    if (time > this.now) this.spend(Cpi.idle, time - this.now);
    this.isIdle = false;
  }

  /** Passes time on this core; whole cycles only. hot */
  spend(bucket: number, cycles: Cycles): void {
    this.#cycles[this.#cpi + bucket] += cycles;
    this.now += cycles;
  }

  /** Charges a halted core's idle time up to `time`, so that a snapshot is complete. */
  settle(time: Cycles): void {
    if (this.isIdle && time > this.now) this.spend(Cpi.idle, time - this.now);
  }

  /** Sum of all buckets; equals `now` since boot. */
  accounted(): Cycles {
    let sum = 0;
    for (let bucket = 0; bucket < CPI_BUCKETS.length; bucket++) sum += this.#cycles[this.#cpi + bucket];
    return sum;
  }

  /** Loads an address space. Entries of other tags stay; `flush` drops those of the new tag (no PCID). */
  loadSpace(table: PageTable, tag: number, flush: boolean): void {
    this.#userTable = table;
    this.#tag = tag;
    this.#fetchVpn = this.#dataVpn = -1;
    if (flush) this.tlbs.flushTag(tag);
  }

  /** Changes the tag under which user and non-global pages are looked up (a CR3 write that keeps entries). hot */
  switchTag(tag: number): void {
    this.#tag = tag;
    this.#fetchVpn = this.#dataVpn = -1;
  }

  /** Forgets the translations in use, after page-table entries or trust changed. */
  refetch(): void {
    this.#fetchVpn = this.#dataVpn = -1;
  }

  /** Retires instructions whose code lies in `lines` lines from virtual line `first`. hot */
  execute(first: number, lines: number, instructions: number): void {
    this.instructions[this.domain] += instructions;
    const cpi = this.domain === Domain.User ? this.#spec.userCpi : this.#spec.kernelCpi;
    this.#charge(Cause.Base, instructions * cpi);
    this.accesses += lines;
    const end = first + lines;
    for (let line = first; line < end; line = pageEnd(line)) this.#fetchInPage(line, Math.min(end, pageEnd(line)));
  }

  /** Reads `lines` consecutive lines. hot */
  load(first: number, lines: number): void {
    this.#touch(first, lines, LOAD);
  }

  /** Writes `lines` consecutive lines. hot */
  store(first: number, lines: number): void {
    this.#touch(first, lines, STORE);
  }

  /** One paragraph for a stall report. */
  describe(): string {
    return `${this.name}: now ${this.now}, ${this.isIdle ? 'idle' : 'busy'}, CPL ${this.cpl}, pending vectors ${this.pendingVectors}`;
  }

  #run(horizon: Cycles): void {
    while (this.now < horizon) {
      if (this.pendingVectors !== 0) this.#trap.onInterrupt(this);
      else if (this.stream !== undefined) this.#step(this.stream);
      else if (!this.#trap.onIdle(this)) {
        this.isIdle = true;
        return;
      }
    }
    this.#continueAt(this.now);
  }

  // The one switch over operations; everything it calls is short. hot
  #step(stream: OpStream): void {
    if (!stream.next()) return this.#trap.onRefill(this);
    this.operations++;
    switch (stream.op) {
      case Op.Execute:
        return this.execute(stream.a, stream.b, stream.c);
      case Op.Load:
        return this.#touch(stream.a, stream.b, LOAD);
      case Op.Store:
        return this.#touch(stream.a, stream.b, STORE);
      case Op.Syscall:
        return this.#trap.onSyscall(this, stream);
      case Op.Call:
        return this.#trap.onCall(this, stream.a);
      case Op.Return:
        return this.#trap.onReturn(this);
      default:
        throw new SimulationBug(`${this.name} at ${this.now}: unknown operation ${stream.op}`);
    }
  }

  // All lines of one page: one translation, then the tag stores. hot
  #fetchInPage(from: number, to: number): void {
    const vpn = from >> PAGE_LINE_BITS;
    if (vpn !== this.#fetchVpn) this.#enterCodePage(vpn);
    const physical = (this.#fetchFrame - vpn) << PAGE_LINE_BITS;
    const l1 = this.#l1i;
    for (let line = from; line < to; line++) {
      if (l1.access(line + physical)) continue;
      const stall = this.#hierarchy.fetchMiss(this.id, line + physical, this.now);
      this.#countMiss();
      this.#charge(Cause.Fetch, stall / this.#spec.fetchOverlap);
    }
  }

  #enterCodePage(vpn: number): void {
    const entry = this.#entry(vpn);
    if (this.trustGuard && vpn < KERNEL_VPN && (entry & PageFlag.KernelTrust) === 0) this.#trap.onLeave(this, vpn);
    this.#charge(Cause.Tlb, this.tlbs.translate(this.#tableOf(vpn), vpn, entry, this.#tag, true, this.now));
    this.#fetchVpn = vpn;
    this.#fetchFrame = physical(entry, vpn);
  }

  #touch(first: number, lines: number, write: boolean): void {
    this.accesses += lines;
    const end = first + lines;
    for (let line = first; line < end; line = pageEnd(line))
      this.#touchInPage(line, Math.min(end, pageEnd(line)), write);
  }

  // hot
  #touchInPage(from: number, to: number, write: boolean): void {
    const vpn = from >> PAGE_LINE_BITS;
    if (vpn !== this.#dataVpn) this.#enterDataPage(vpn);
    const physical = (this.#dataFrame - vpn) << PAGE_LINE_BITS;
    const l1 = this.#l1d;
    for (let line = from; line < to; line++) {
      const at = line + physical;
      const isHit = l1.access(at);
      if (isHit && (!write || this.#hierarchy.owns(this.id, at))) continue;
      const stall = this.#hierarchy.dataMiss(this.id, at, write, isHit, this.now);
      if (stall === 0) continue;
      this.#countMiss();
      this.#charge(Cause.Data, stall / this.#spec.dataOverlap);
    }
  }

  #enterDataPage(vpn: number): void {
    const entry = this.#entry(vpn);
    this.#charge(Cause.Tlb, this.tlbs.translate(this.#tableOf(vpn), vpn, entry, this.#tag, false, this.now));
    this.#dataVpn = vpn;
    this.#dataFrame = physical(entry, vpn);
  }

  #entry(vpn: number): number {
    const entry = this.#tableOf(vpn).entry(vpn);
    if (entry === 0)
      throw new SimulationBug(`${this.name} at ${this.now}: page ${vpn} is not mapped (CPL ${this.cpl})`);
    return entry;
  }

  #tableOf(vpn: number): PageTable {
    return vpn >= KERNEL_VPN ? this.#kernelTable : this.#userTable;
  }

  #countMiss(): void {
    this.#cycles[this.#misses + this.#hierarchy.lastLevel * 2 + (this.domain === Domain.User ? 0 : 1)]++;
  }

  // Fractions of a cycle are carried over, so that clocks stay whole and sums exact.
  #charge(cause: number, cycles: number): void {
    const due = cycles + this.#carry;
    const whole = Math.floor(due);
    this.#carry = due - whole;
    this.spend(DOMAIN_BUCKETS[this.domain * 4 + cause], whole);
  }

  #continueAt(time: Cycles): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#engine.schedule(time, Rank.Core, this.#handler, 0, 0);
  }
}

const SERVED_LABELS = LEVEL_NAMES.flatMap((level) => [`${level}User`, `${level}Kernel`]);

/** Frame of a page; a large page's entry holds the frame of its first small page. */
function physical(entry: number, vpn: number): number {
  return (entry & PageFlag.Large) === 0 ? frameOf(entry) : frameOf(entry) + (vpn & 511);
}
