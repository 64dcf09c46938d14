import type { Core } from '../../src/hw/core.ts';
import { buildMachine, type Machine } from '../../src/hw/machine.ts';
import type { OpStream } from '../../src/hw/opstream.ts';
import type { MachineProfile } from '../../src/hw/profile.ts';
import { toy } from '../../src/hw/profiles/toy.ts';
import type { TrapHandler } from '../../src/hw/trap.ts';
import { NativeEngine } from '../../src/sim/nativeengine.ts';
import { StatsRegistry } from '../../src/sim/stats.ts';

/** Options of a toy machine; the default is one core without run-ahead. */
export interface ToyOptions {
  readonly cores?: number;
  readonly smt?: boolean;
  readonly syncWindow?: number;
  readonly profile?: MachineProfile;
}

/** A machine without an operating system, and the log of the traps that reached its door. */
export interface BareMachine {
  readonly engine: NativeEngine;
  readonly stats: StatsRegistry;
  readonly machine: Machine;
  readonly door: LoggingDoor;
}

/** Builds a toy machine whose traps are only written down. */
export function bareMachine({ cores = 1, smt = false, syncWindow = 0, profile = toy }: ToyOptions = {}): BareMachine {
  const engine = new NativeEngine();
  const stats = new StatsRegistry();
  const door = new LoggingDoor();
  const machine = buildMachine(profile, { cores, smt, syncWindow }, engine, stats, door);
  return { engine, stats, machine, door };
}

/** One trap: which, where, when, and the number it carried. */
export interface Trap {
  readonly kind: 'syscall' | 'call' | 'return' | 'leave' | 'fault' | 'interrupt' | 'idle' | 'refill';
  readonly core: number;
  readonly at: number;
  readonly info: number;
}

/** An operating system that does nothing: it acknowledges interrupts, and takes a stream that has run dry off its core. */
export class LoggingDoor implements TrapHandler {
  readonly traps: Trap[] = [];
  /** What a system call does, if anything. */
  act: (core: Core, nr: number) => void = () => {};

  /** The times of the traps of one kind. */
  times(kind: Trap['kind'], core = 0): number[] {
    return this.traps.filter((trap) => trap.kind === kind && trap.core === core).map(({ at }) => at);
  }

  onSyscall(core: Core, stream: OpStream): void {
    this.#log('syscall', core, stream.nr);
    this.act(core, stream.nr);
  }
  onCall(core: Core, functionId: number): void {
    this.#log('call', core, functionId);
  }
  onReturn(core: Core): void {
    this.#log('return', core, 0);
  }
  onLeave(core: Core, vpn: number): void {
    this.#log('leave', core, vpn);
  }
  onFault(core: Core, vpn: number): void {
    this.#log('fault', core, vpn);
  }
  onInterrupt(core: Core): void {
    this.#log('interrupt', core, core.pendingVectors);
    core.pendingVectors = 0;
  }
  onIdle(core: Core): boolean {
    this.#log('idle', core, 0);
    return false;
  }
  onRefill(core: Core): void {
    this.#log('refill', core, 0);
    core.stream = undefined;
  }

  #log(kind: Trap['kind'], core: Core, info: number): void {
    this.traps.push({ kind, core: core.id, at: core.now, info });
  }
}
