import { SimulationBug } from '../sim/errors.ts';
import { Rank, type EventHandler } from '../sim/engine.ts';
import type { Cycles, HandlerId } from '../sim/units.ts';
import type { CoreModel, CoreSpec, CoreWiring } from './corespec.ts';
import { Cause, Cpi, CPI_BUCKETS, Domain, LONE_BUCKETS } from './cpi.ts';
import type { FrontEnd } from './frontend.ts';
import { IssueSlots, type Sibling } from './issueslots.ts';
import { Ledger } from './ledger.ts';
import { MissRun } from './missrun.ts';
import { MemoryPort } from './memoryport.ts';
import { Op, type OpStream } from './opstream.ts';
import { ServedCounts } from './servedcounts.ts';
import type { Tlbs } from './tlb.ts';
import type { TrapHandler } from './trap.ts';
import type { TurnQueue } from './turns.ts';

const WORK_LABELS = ['instructions', 'operations', 'accesses', 'walks'];

/**
 * One logical CPU, a core or one of its hardware threads, with a local clock. It runs the operations of the current thread until its
 * horizon, taking interrupts between operations; everything it does passes time in its ledger.
 */
export class Core implements EventHandler, Sibling {
  readonly name: string;
  readonly id: number;
  cpl: 0 | 3 = 3;
  stream: OpStream | undefined = undefined;
  pendingVectors = 0;
  isIdle = true;
  /** Instructions retired. */
  instructions = 0;
  /** Operations executed so far. */
  operations = 0;
  readonly ledger: Ledger;
  readonly memory: MemoryPort;
  readonly tlbs: Tlbs;
  readonly frontEnd: FrontEnd;
  readonly #spec: CoreSpec;
  readonly #model: CoreModel;
  readonly #turns: TurnQueue;
  readonly #trap: TrapHandler;
  readonly #counts: Float64Array;
  readonly #work: number;
  readonly #data: MissRun;
  #handler = -1 as HandlerId;
  #isScheduled = false;
  #slots: IssueSlots | undefined = undefined;

  constructor(spec: CoreSpec, wiring: CoreWiring) {
    const { model, turns, stats, caches, tlbs, frontEnd, kernelTable, trap } = wiring;
    this.name = spec.thread === 0 ? `core${spec.core}` : `core${spec.core}t${spec.thread}`;
    this.id = spec.id;
    this.#spec = spec;
    this.#model = model;
    this.#turns = turns;
    this.#trap = trap;
    this.tlbs = tlbs;
    this.frontEnd = frontEnd;
    this.ledger = new Ledger(this.name, stats, spec.slots === undefined ? LONE_BUCKETS : CPI_BUCKETS);
    this.#data = new MissRun(model.stalls.data);
    const traps = {
      onLeave: (vpn: number): void => trap.onLeave(this, vpn),
      onFault: (vpn: number, isWrite: boolean): void => trap.onFault(this, vpn, isWrite),
    };
    const served = new ServedCounts(this.name, this.ledger, stats);
    const fetch = new MissRun(model.stalls.fetch);
    const lines = caches.linesOf({
      core: spec.core,
      thread: spec.thread,
      ledger: this.ledger,
      served,
      data: this.#data,
      fetch,
      frontEnd,
    });
    this.memory = new MemoryPort(this.name, this.ledger, lines, tlbs, kernelTable, traps);
    this.#counts = stats.values;
    this.#work = stats.vector(
      `${this.name}.work`,
      WORK_LABELS,
      'count',
      'Instructions retired, operations, line accesses and page walks of the core',
    );
    this.#handler = turns.register(this);
  }

  /** The local clock; at most the sync window and one operation ahead of the engine. */
  get now(): Cycles {
    return this.ledger.now;
  }

  /** Whose work the core is doing. */
  get domain(): Domain {
    return this.ledger.domain;
  }
  set domain(domain: Domain) {
    this.ledger.domain = domain;
  }

  /** Share of its busy time in which it used the pipeline, and did not only wait for data; 1 without siblings. */
  get demand(): number {
    return this.#slots?.demand ?? 1;
  }

  /** From now on shares the issue slots with another hardware thread of the core. */
  shareSlots(sibling: Sibling): void {
    this.#slots = new IssueSlots(this.ledger, sibling, this.#spec.slots!);
  }

  /** Continuation: catches up with the engine if it was idle, then runs to its horizon. */
  onEvent(_kind: number, _arg: number, now: Cycles): void {
    this.#isScheduled = false;
    if (this.isIdle) this.wakeAt(now);
    this.#run(now + 1);
  }

  /** Interrupts the core with a vector; a halted core wakes at `time`. */
  raise(vector: number, time: Cycles): void {
    this.pendingVectors |= vector;
    if (this.isIdle) this.#continueAt(time);
  }

  /** Ends idleness: the time up to `time` is charged to the idle bucket. */
  wakeAt(time: Cycles): void {
    if (time > this.now) this.ledger.spend(Cpi.idle, time - this.now);
    this.isIdle = false;
  }

  /** Charges a halted core's idle time up to `time`, so that a snapshot is complete. */
  settle(time: Cycles): void {
    if (this.isIdle && time > this.now) this.ledger.spend(Cpi.idle, time - this.now);
  }

  /** Copies the core's own counts into the registry, before a snapshot; hot code keeps them in plain fields. */
  publish(): void {
    const counts = [this.instructions, this.operations, this.memory.accesses, this.tlbs.walks];
    this.#counts.set(counts, this.#work);
  }

  /** Passes whole cycles in a bucket. hot */
  spend(bucket: number, cycles: Cycles): void {
    this.ledger.spend(bucket, cycles);
  }

  /** Retires instructions whose code lies in `lines` lines from virtual line `first`. hot */
  execute(first: number, lines: number, instructions: number): void {
    this.instructions += instructions;
    const model = this.#model;
    const isUser = this.ledger.domain === Domain.User;
    const cpi = isUser ? model.userCpi * model.inflation[this.cpl] : model.kernelCpi;
    const base = instructions * cpi;
    this.ledger.charge(Cause.Base, base);
    if (this.#slots !== undefined) this.#contend(this.#slots, base);
    this.memory.fetch(first, lines);
  }

  /** Empties structures of the front end, and passes the time that this costs at once. */
  forgetCode(structures: number): void {
    const cycles = this.frontEnd.empty(structures);
    if (cycles > 0) this.ledger.charge(Cause.FrontEnd, cycles);
  }

  /** One paragraph for a stall report. */
  describe(): string {
    return `${this.name}: now ${this.now}, ${this.isIdle ? 'idle' : 'busy'}, CPL ${this.cpl}, pending vectors ${this.pendingVectors}`;
  }

  // The horizon is looked up before every operation: what the core does itself may bring the next event nearer. hot
  #run(least: Cycles): void {
    while (this.ledger.now < Math.max(this.#turns.nextEventTime(), least) + this.#model.syncWindow) {
      if (this.pendingVectors !== 0) this.#trap.onInterrupt(this);
      else if (this.stream !== undefined) this.#step(this.stream);
      else if (!this.#trap.onIdle(this)) {
        this.isIdle = true;
        return;
      }
    }
    this.#continueAt(this.ledger.now);
  }

  // The one switch over operations; everything it calls is short. hot
  #step(stream: OpStream): void {
    if (!stream.next()) return this.#trap.onRefill(this);
    this.operations++;
    switch (stream.op) {
      case Op.Execute:
        return this.execute(stream.a, stream.b, stream.c);
      case Op.Load:
        return this.memory.touch(stream.a, stream.b, false);
      case Op.Store:
        return this.memory.touch(stream.a, stream.b, true);
      case Op.Syscall:
        return this.#trap.onSyscall(this, stream);
      case Op.Call:
        return this.#trap.onCall(this, stream.a);
      case Op.Return:
        return this.#trap.onReturn(this);
      default:
        throw new SimulationBug(`unknown operation ${stream.op}`, { component: this.name, time: this.now });
    }
  }

  // The window is split from the moment that the sibling runs until it halts. hot
  #contend(slots: IssueSlots, base: number): void {
    this.ledger.charge(Cause.Sibling, slots.wait(base));
    this.#data.isHalved = !slots.isAlone;
  }

  #continueAt(time: Cycles): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#turns.schedule(time, Rank.Core, this.#handler, 0, 0);
  }
}
