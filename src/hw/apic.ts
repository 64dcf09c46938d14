import { Rank, type Engine, type EventHandler } from '../sim/engine.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { Cycles, HandlerId } from '../sim/units.ts';
import type { Core } from './core.ts';
import { Vector } from './trap.ts';

const Kind = { Timer: 0, Ipi: 1, Alarm: 2 } as const;
const VECTORS = [Vector.Timer, Vector.Reschedule, Vector.Alarm];
const DISARMED = -1;

/** Local timers and inter-processor interrupts of all cores. */
export class Apic implements EventHandler {
  readonly name = 'apic';
  readonly #engine: Engine;
  readonly #cores: readonly Core[];
  readonly #ipiLatency: Cycles;
  readonly #stats: Float64Array;
  readonly #sent: number;
  readonly #delivered: number;
  readonly #timers: Float64Array;
  /** Times at which interrupts under way arrive. */
  readonly #due: Cycles[] = [];
  #handler = -1 as HandlerId;

  /** `ipiLatency` in cycles from the write of the command register to the remote interrupt. */
  constructor(engine: Engine, stats: StatsRegistry, cores: readonly Core[], ipiLatency: Cycles) {
    this.#engine = engine;
    this.#cores = cores;
    this.#ipiLatency = ipiLatency;
    this.#stats = stats.values;
    this.#sent = stats.counter('apic.ipisSent', 'count', 'Inter-processor interrupts sent');
    this.#delivered = stats.counter('apic.ipisDelivered', 'count', 'Inter-processor interrupts delivered');
    this.#timers = new Float64Array(cores.length).fill(DISARMED);
    this.#handler = engine.register(this);
  }

  onEvent(kind: number, core: number, now: Cycles): void {
    if (kind === Kind.Timer) this.#timers[core] = DISARMED;
    if (kind === Kind.Ipi) this.#arrive(now);
    this.#cores[core].raise(VECTORS[kind], now);
  }

  /** Sends a reschedule interrupt to a core at `time`. */
  sendIpi(core: number, time: Cycles): void {
    this.#stats[this.#sent]++;
    this.#due.push(time + this.#ipiLatency);
    this.#engine.schedule(time + this.#ipiLatency, Rank.Interrupt, this.#handler, Kind.Ipi, core);
  }

  /** Interrupts a core at `time` for a high-resolution timer; any number may be under way. */
  alarm(core: number, time: Cycles): void {
    this.#engine.schedule(time, Rank.Interrupt, this.#handler, Kind.Alarm, core);
  }

  /** Interrupts between processors that were sent and should have arrived before a time, but did not. */
  overdue(now: Cycles): number {
    return this.#due.filter((time) => time < now).length;
  }

  /** Arms the core's timer for `time`, in place of an earlier setting. */
  armTimer(core: number, time: Cycles): void {
    this.disarmTimer(core);
    this.#timers[core] = this.#engine.schedule(time, Rank.Interrupt, this.#handler, Kind.Timer, core);
  }

  /** Cancels the core's timer if it is armed. */
  disarmTimer(core: number): void {
    if (this.#timers[core] !== DISARMED) this.#engine.cancel(this.#timers[core]);
    this.#timers[core] = DISARMED;
  }

  /** Whether the core's timer is armed. */
  isArmed(core: number): boolean {
    return this.#timers[core] !== DISARMED;
  }

  #arrive(now: Cycles): void {
    this.#stats[this.#delivered]++;
    this.#due.splice(this.#due.indexOf(now), 1);
  }
}
