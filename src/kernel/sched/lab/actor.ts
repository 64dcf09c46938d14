import type { Nanoseconds } from '../../../sim/units.ts';
import { Task, type TaskSpec } from '../task.ts';

/** A thread of an experiment: computes for ever, or sleeps and computes in turn. Times in ns. */
export interface ActorSpec extends TaskSpec {
  /** Processor time between two sleeps; Infinity for a thread that never sleeps. */
  readonly work: Nanoseconds;
  /** Draws the length of the next sleep. */
  readonly sleep?: () => Nanoseconds;
  /** How often it reads its processor time while it works, which charges it; Infinity, or absent, for never. */
  readonly readsClock?: Nanoseconds;
}

/** An actor in the course of an experiment, and what was measured of it. */
export class Actor extends Task {
  readonly work: Nanoseconds;
  readonly readsClock: Nanoseconds;
  /** Times from the end of a sleep to the thread's own code. */
  readonly delays: Nanoseconds[] = [];
  /** Lengths of its uninterrupted turns. */
  readonly turns: Nanoseconds[] = [];
  cpu: number;
  /** Processor time until it sleeps; what runs before `runsFrom` is the switch. */
  left: Nanoseconds;
  runsFrom: Nanoseconds = 0;
  turnFrom: Nanoseconds = 0;
  /** When its sleep should end, and when the kernel gets to it; NaN and Infinity while it is awake. */
  due: Nanoseconds = Number.NaN;
  wakesAt: Nanoseconds = Infinity;
  readonly #sleep: (() => Nanoseconds) | undefined;

  constructor(tid: number, spec: ActorSpec, cpu: number) {
    super(tid, spec);
    this.work = spec.work;
    this.left = spec.work;
    this.readsClock = spec.readsClock ?? Infinity;
    this.#sleep = spec.sleep;
    this.cpu = cpu;
  }

  /** Falls asleep at `now`; the kernel wakes it `lateness` after its time. */
  fallAsleep(now: Nanoseconds, lateness: Nanoseconds): void {
    this.due = now + Math.round(this.#sleep?.() ?? Infinity);
    this.wakesAt = this.due + lateness;
    this.left = this.work;
  }
}
