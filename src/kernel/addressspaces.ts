import type { Core } from '../hw/core.ts';
import type { Machine } from '../hw/machine.ts';
import { frameOf, PageFlag } from '../hw/pagetable.ts';
import { SimulationBug } from '../sim/errors.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';
import { CodePages } from './codepages.ts';
import type { KernelMemory } from './memory.ts';
import type { Process } from './process.ts';
import { RemoteCalls } from './remotecalls.ts';
import type { PageTables } from './tables.ts';
import type { FilePage, UserMemory } from './usermemory.ts';

const ALL_FLAGS = Object.values(PageFlag).reduce((all, flag) => all | flag, 0);

/** Changes of user mappings, with what they cost on all cores that may hold old translations. */
export class AddressSpaces {
  /** Frames of published code. */
  readonly code: CodePages;
  /** What other cores are asked to do for a process. */
  readonly remote: RemoteCalls;
  readonly #machine: Machine;
  readonly #freeFrames: number[] = [];
  /** Processes that have a frame, where there are more than one. */
  readonly #shares = new Map<number, number>();

  constructor(machine: Machine, tables: PageTables, memory: KernelMemory) {
    this.code = new CodePages(machine, memory);
    this.#machine = machine;
    this.remote = new RemoteCalls(machine, tables);
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
    if (isDenied) memory.shared.delete(vpn);
    if (isDenied && this.#unshare(frameOf(entry))) {
      this.#copyPage(core, process, vpn);
      this.remote.drop(core, process, vpn, 1);
      return true;
    }
    // The last process that has a frame keeps it; of a right that was added, or only not yet known here, others learn by faults of their own.
    // Source: Linux wp_page_reuse, flush_tlb_fix_spurious_fault.
    if (isDenied) table.protect(vpn, PageFlag.Write, 0);
    this.remote.dropHere(core, process, vpn, 1);
    return true;
  }

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
    if (frames.length > 0) this.remote.drop(core, process, first, pages);
    for (const frame of frames) this.giveBack(frame);
    return frames.length;
  }

  /** Sets or clears the write permission of the mapped pages among these; a change either way drops translations (Linux pte_flags_need_flush). */
  protect(core: Core, process: Process, first: number, pages: number, isWritable: boolean): void {
    let changed = 0;
    for (let vpn = first; vpn < first + pages; vpn++) if (this.#permit(process, vpn, isWritable)) changed++;
    if (changed > 0) this.remote.drop(core, process, first, pages);
  }

  /** Whether that changes the entry of a page: one that a fork left to be copied stays read-only in the table until it is. */
  #permit({ table, memory }: Process, vpn: number, isWritable: boolean): boolean {
    const entry = table.entry(vpn);
    if (!(entry > 0)) return false;
    if (!isWritable) memory.shared.delete(vpn);
    else if (this.#isForked(memory, vpn, frameOf(entry))) {
      memory.shared.add(vpn);
      return false;
    }
    if (((entry & PageFlag.Write) !== 0) === isWritable) return false;
    table.protect(vpn, isWritable ? PageFlag.Write : 0, isWritable ? 0 : PageFlag.Write);
    return true;
  }

  /** Whether others have the frame of a page too, by a fork and not by the program's file. */
  #isForked(memory: UserMemory, vpn: number, frame: number): boolean {
    return memory.shared.has(vpn) || (this.#shares.has(frame) && !memory.text.has(vpn));
  }
}
