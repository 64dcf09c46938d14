import type { Core } from '../hw/core.ts';
import { Cpi } from '../hw/cpi.ts';
import type { Machine } from '../hw/machine.ts';
import { Serialisation } from '../hw/serialisation.ts';
import { Shootdown } from '../hw/shootdown.ts';
import type { Process } from './process.ts';
import type { PageTables } from './tables.ts';

/** Something that every core of a set must do before it is over. */
interface Round {
  readonly isComplete: boolean;
  serve(core: Core): void;
}

/**
 * What a core has all cores do that have a process loaded: drop translations, serialise, pass a barrier. Idle ones are asked too, as by Linux up to
 * 4.19; later ones leave an idle core to find out itself when it goes on, unless page tables are freed (lazy TLB mode).
 */
export class RemoteCalls {
  readonly #machine: Machine;
  readonly #tables: PageTables;
  readonly #rounds: Round[] = [];

  constructor(machine: Machine, tables: PageTables) {
    this.#machine = machine;
    this.#tables = tables;
  }

  /** One round of a TLB shootdown over the cores that have the process loaded, for whose slowest the initiator waits; the others drop when they load it. */
  drop(core: Core, process: Process, first: number, count: number): void {
    const holders = this.#holders(process);
    this.#tables.generations.advance(process.pid, [...holders, core.id]);
    this.#dropOn(core, process, first, count, holders);
  }

  /** Drops the translations of pages on this core alone; others may go on using theirs. */
  dropHere(core: Core, process: Process, first: number, count: number): void {
    this.#dropOn(core, process, first, count, []);
  }

  #dropOn(core: Core, process: Process, first: number, count: number, holders: readonly number[]): void {
    const tags = process.userTag === process.kernelTag ? [process.kernelTag] : [process.kernelTag, process.userTag];
    const changes = tags.map((tag) => ({ tag, first, count }));
    this.#begin(new Shootdown(this.#machine, core, holders, ...changes));
    this.#await(core, holders);
  }

  /** One round of core serialisation over the cores that have the process loaded; the initiator waits for the slowest. */
  serialise(core: Core, process: Process): void {
    const holders = this.#holders(process);
    this.#begin(new Serialisation(this.#machine, core, holders));
    this.#await(core, holders);
  }

  #begin(round: Round): void {
    if (!round.isComplete) this.#rounds.push(round);
  }

  /** Interrupts the other cores that have the process loaded, and waits for them, as membarrier does. */
  interrupt(core: Core, process: Process): void {
    const holders = this.#holders(process);
    for (const id of holders) if (id !== core.id) this.#machine.apic.sendIpi(id, core.now);
    this.#await(core, holders);
  }

  /** A core serves the rounds that it owes. */
  serve(core: Core): void {
    if (this.#rounds.length === 0) return;
    for (const round of this.#rounds) round.serve(core);
    const open = this.#rounds.filter((round) => !round.isComplete);
    this.#rounds.splice(0, this.#rounds.length, ...open);
  }

  /** Logical CPUs that have a process loaded. */
  #holders({ pid }: Process): readonly number[] {
    return [...this.#tables.loaded.keys()].filter((id) => this.#tables.loaded[id] === pid);
  }

  // Kernel sections are not interrupted, so the answer of another core is taken to come when an undisturbed one would give it: after one
  // way of the interrupt, its entry, and the transfer of the line that says so. It drops its entries when it gets to it.
  #await(core: Core, holders: readonly number[]): void {
    const others = holders.filter((id) => id !== core.id).length;
    if (others === 0) return;
    const { profile, clock } = this.#machine;
    core.spend(Cpi.interrupt, others * this.#machine.step('ipiSend'));
    const entry = profile.cost.eventEntry ?? profile.cost.fredEntry;
    const answer = clock.cycles(profile.ipiNs.value) + (entry?.value ?? 0) + profile.remoteCycles.value;
    core.spend(Cpi.interrupt, Math.round(answer));
  }
}
