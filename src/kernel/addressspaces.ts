import type { Core } from '../hw/core.ts';
import { Cpi } from '../hw/cpi.ts';
import type { Machine } from '../hw/machine.ts';
import { frameOf, PageFlag } from '../hw/pagetable.ts';
import { Serialisation } from '../hw/serialisation.ts';
import { Shootdown } from '../hw/shootdown.ts';
import { SimulationBug } from '../sim/errors.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';
import { CodePages } from './codepages.ts';
import type { KernelMemory } from './memory.ts';
import type { Process } from './process.ts';
import type { PageTables } from './tables.ts';
import type { FilePage } from './usermemory.ts';

const ALL_FLAGS = Object.values(PageFlag).reduce((all, flag) => all | flag, 0);

/** Something that every core of a set must do before it is over. */
interface Round {
  readonly isComplete: boolean;
  serve(core: Core): void;
}

/** Changes of user mappings, with what they cost on all cores that may hold old translations. */
export class AddressSpaces {
  /** Frames of published code. */
  readonly code: CodePages;
  readonly #machine: Machine;
  readonly #tables: PageTables;
  readonly #freeFrames: number[] = [];
  /** Processes that have a frame, where there are more than one. */
  readonly #shares = new Map<number, number>();
  readonly #rounds: Round[] = [];

  constructor(machine: Machine, tables: PageTables, memory: KernelMemory) {
    this.code = new CodePages(machine, memory);
    this.#machine = machine;
    this.#tables = tables;
  }

  /** Maps a fresh frame at a page. */
  provide(process: Process, vpn: number): void {
    process.table.map(vpn, this.#freshFrame(), PageFlag.Write | PageFlag.NoExec);
  }

  /** A mapped page of a program's file: the page cache keeps it, whoever unmaps it. */
  keep(frame: number, flags: number): FilePage {
    this.#shares.set(frame, (this.#shares.get(frame) ?? 1) + 1);
    return { frame, flags };
  }

  #mapText({ table, memory }: Process, vpn: number): boolean {
    const page = memory.text.get(vpn);
    if (page === undefined) return false;
    this.keep(page.frame, page.flags);
    table.map(vpn, page.frame, page.flags);
    return true;
  }

  #freshFrame(): number {
    return this.#freeFrames.pop() ?? this.#machine.allocateFrames(1);
  }

  /** Maps a frame, or a fresh one, in place of that of a mapped page; returns the latter, to be given back when no core can reach it. */
  replace({ table, memory }: Process, vpn: number, flags: number, frame = this.#freshFrame()): number {
    const old = frameOf(table.entry(vpn));
    table.map(vpn, frame, flags);
    memory.shared.delete(vpn);
    return old;
  }

  /** Takes an owner away from a frame that no translation leads to any more; the last one frees it. */
  giveBack(frame: number): void {
    if (this.#unshare(frame) || this.code.giveBack(frame)) return;
    this.#freeFrames.push(frame);
  }

  /**
   * Serves a fault: maps a page of the program's file, or a cleared one where one is reserved, copies a page that a fork shares, drops a translation that the table has outgrown.
   * False when the program may not write there: its handler gets a signal.
   */
  fault(core: Core, process: Process, vpn: number, isWrite: boolean): boolean {
    const entry = process.table.entry(vpn);
    if (entry > 0) return this.#upgrade(core, process, vpn, entry, isWrite);
    if (!process.memory.holds(vpn))
      throw new SimulationBug(`process ${process.pid} touches page ${vpn}, which is not reserved`, { time: core.now });
    if (!this.#mapText(process, vpn)) {
      this.provide(process, vpn);
      core.memory.touch(vpn * LINES_PER_PAGE, LINES_PER_PAGE, true);
    }
    return true;
  }

  /** Whether an access is one that the program may not make: a write to a page that is read-only, and not until it is copied. */
  forbids({ table, memory }: Process, vpn: number, isWrite: boolean): boolean {
    const entry = table.entry(vpn);
    if (!isWrite || !(entry > 0) || (entry & PageFlag.Write) !== 0) return false;
    return (entry & PageFlag.KernelTrust) !== 0 || !memory.shared.has(vpn);
  }

  #upgrade(core: Core, process: Process, vpn: number, entry: number, isWrite: boolean): boolean {
    const { memory, table } = process;
    if (this.forbids(process, vpn, isWrite)) {
      if (memory.hasHandler) return false;
      throw new SimulationBug(`process ${process.pid} writes page ${vpn}, which it may only read`, { time: core.now });
    }
    const isDenied = isWrite && (entry & PageFlag.Write) === 0;
    if (isDenied) {
      memory.shared.delete(vpn);
      if (this.#unshare(frameOf(entry))) this.#copyPage(core, process, vpn);
      else table.protect(vpn, PageFlag.Write, 0);
    }
    this.drop(core, process, vpn, 1);
    return true;
  }

  // The last process that has a frame keeps it. Source: Linux wp_page_reuse.
  #copyPage(core: Core, process: Process, vpn: number): void {
    const line = vpn * LINES_PER_PAGE;
    core.memory.touch(line, LINES_PER_PAGE, false);
    this.provide(process, vpn);
    core.memory.forgetPages();
    core.memory.touch(line, LINES_PER_PAGE, true);
  }

  /** Maps the pages of one process in another one too; those that can be written become read-only in both until they are. */
  share(from: Process, to: Process): void {
    for (let vpn = 0; vpn < from.memory.end; vpn++) {
      const entry = from.table.entry(vpn);
      if (!(entry > 0)) {
        to.table.unmap(vpn);
        continue;
      }
      const frame = frameOf(entry);
      this.#shares.set(frame, (this.#shares.get(frame) ?? 1) + 1);
      if ((entry & PageFlag.Write) !== 0) {
        from.table.protect(vpn, 0, PageFlag.Write);
        from.memory.shared.add(vpn);
      }
      if (from.memory.shared.has(vpn)) to.memory.shared.add(vpn);
      to.table.map(vpn, frame, from.table.entry(vpn) & ALL_FLAGS);
    }
  }

  /** Takes the frames of a process that has ended back, but for those that others have too. */
  release({ table, memory }: Process): void {
    for (let vpn = 0; vpn < memory.end; vpn++) {
      const entry = table.entry(vpn);
      if (!(entry > 0)) continue;
      table.unmap(vpn);
      this.giveBack(frameOf(entry));
    }
  }

  /** Counts one owner of a frame out; whether others are left. */
  #unshare(frame: number): boolean {
    const owners = (this.#shares.get(frame) ?? 1) - 1;
    if (owners > 1) this.#shares.set(frame, owners);
    else this.#shares.delete(frame);
    return owners > 0;
  }

  /** Unmaps pages, drops their translations everywhere and takes their frames back; returns how many were mapped. */
  unmap(core: Core, process: Process, first: number, pages: number): number {
    const frames: number[] = [];
    for (let vpn = first; vpn < first + pages; vpn++) {
      const entry = process.table.entry(vpn);
      if (!(entry > 0)) continue;
      frames.push(frameOf(entry));
      process.table.unmap(vpn);
      process.memory.shared.delete(vpn);
    }
    if (frames.length > 0) this.drop(core, process, first, pages);
    for (const frame of frames) this.giveBack(frame);
    return frames.length;
  }

  /** Sets or clears the write permission of the mapped pages among these; taking it away drops translations. */
  protect(core: Core, process: Process, first: number, pages: number, isWritable: boolean): void {
    let changed = 0;
    for (let vpn = first; vpn < first + pages; vpn++) {
      const entry = process.table.entry(vpn);
      if (!(entry > 0) || ((entry & PageFlag.Write) !== 0) === isWritable) continue;
      process.table.protect(vpn, isWritable ? PageFlag.Write : 0, isWritable ? 0 : PageFlag.Write);
      changed++;
    }
    if (changed > 0) this.drop(core, process, first, pages);
  }

  /** One round of a TLB shootdown over the cores that have the process loaded; the initiator waits for the slowest. */
  drop(core: Core, process: Process, first: number, count: number): void {
    this.#dropOn(core, process, first, count, this.holders(process));
  }

  /** Drops the translations of pages on this core alone; others may go on using theirs. */
  dropHere(core: Core, process: Process, first: number, count: number): void {
    this.#dropOn(core, process, first, count, []);
  }

  #dropOn(core: Core, process: Process, first: number, count: number, holders: readonly number[]): void {
    const tags = process.userTag === process.kernelTag ? [process.kernelTag] : [process.kernelTag, process.userTag];
    for (const tag of tags) {
      this.#begin(new Shootdown(this.#machine, core, holders, { tag, first, count }));
    }
    this.#await(core, holders);
  }

  /** One round of core serialisation over the cores that have the process loaded; the initiator waits for the slowest. */
  serialise(core: Core, process: Process): void {
    const holders = this.holders(process);
    this.#begin(new Serialisation(this.#machine, core, holders));
    this.#await(core, holders);
  }

  #begin(round: Round): void {
    if (!round.isComplete) this.#rounds.push(round);
  }

  /** Interrupts the other cores that have the process loaded, and waits for them, as membarrier does. */
  interrupt(core: Core, process: Process): void {
    const holders = this.holders(process);
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
  holders({ pid }: Process): readonly number[] {
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
