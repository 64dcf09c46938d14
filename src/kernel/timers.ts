import type { Core } from '../hw/core.ts';
import type { Machine } from '../hw/machine.ts';
import type { Cycles } from '../sim/units.ts';
import type { FileHost } from './files/file.ts';
import type { Thread } from './thread.ts';

interface Alarm {
  readonly at: Cycles;
  readonly ring: (core: Core) => void;
}

/** High-resolution timers of each core. What has become pointless in the meantime rings and finds nothing to do. */
export class Timers {
  readonly #machine: Machine;
  readonly #alarms: Alarm[][];

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#alarms = machine.cores.map(() => []);
  }

  /** Calls `ring` on the core `ns` from now, from its interrupt. */
  after(core: Core, ns: number, ring: (core: Core) => void): void {
    this.#at(core, core.now + this.#machine.clock.cycles(ns), ring);
  }

  /** Has a thread that is about to sleep woken at the latest `ns` after it first asked in this call. */
  limit(host: FileHost, core: Core, thread: Thread, ns: number): void {
    if (thread.expiresAt === 0) thread.expiresAt = core.now + this.#machine.clock.cycles(ns);
    const at = thread.expiresAt;
    this.#at(core, at, (then) => {
      if (thread.state !== 'sleeping' || thread.expiresAt !== at) return;
      thread.waitsOn?.remove(thread);
      thread.isTimedOut = true;
      host.wake(then, thread);
    });
  }

  /** Rings what is due, in the order of the times. */
  expire(core: Core): void {
    const alarms = this.#alarms[core.id];
    const due = alarms.filter(({ at }) => at <= core.now).sort((a, b) => a.at - b.at);
    this.#alarms[core.id] = alarms.filter(({ at }) => at > core.now);
    for (const { ring } of due) ring(core);
  }

  #at(core: Core, at: Cycles, ring: (core: Core) => void): void {
    this.#alarms[core.id].push({ at, ring });
    this.#machine.apic.alarm(core.id, Math.max(core.now, at));
  }
}
