import type { Core } from './core.ts';
import { Cpi } from './cpi.ts';
import { STRUCTURES } from './frontend.ts';
import type { Machine } from './machine.ts';

/** Decoded micro-operations do not outlive a serialising instruction that follows a change of code. */
const MICRO_OPERATIONS = 1 << STRUCTURES.indexOf('uops');

/**
 * One round of core serialisation: after code has changed each core that may have fetched or decoded the old bytes executes a serialising
 * instruction, the initiator at once, the others when their interrupt is served (Intel SDM vol. 3, 9.1.3, cross-modifying code; Linux: membarrier
 * with SYNC_CORE). Code decoded before is decoded again.
 */
export class Serialisation {
  /** Logical CPUs that have not serialised yet. */
  readonly #pending: Set<number>;

  /** Serialises the initiator and interrupts the other logical CPUs of `holders`. */
  constructor(machine: Machine, initiator: Core, holders: Iterable<number>) {
    this.#pending = new Set(holders);
    this.#pending.delete(initiator.id);
    // Linux sync_core() is an IRET to itself; that of the others is the one that ends their interrupt.
    const { cost } = machine.profile;
    initiator.spend(Cpi.crossingHardware, machine.step(cost.iretSame === undefined ? 'erets' : 'iretSame'));
    initiator.forgetCode(MICRO_OPERATIONS);
    for (const { id } of machine.cores) if (this.#pending.has(id)) machine.apic.sendIpi(id, initiator.now);
  }

  /** Whether every core has serialised. */
  get isComplete(): boolean {
    return this.#pending.size === 0;
  }

  /** What a core that was interrupted does; nothing on one that owes nothing. */
  serve(core: Core): void {
    if (this.#pending.delete(core.id)) core.forgetCode(MICRO_OPERATIONS);
  }
}
