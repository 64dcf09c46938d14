import type { Core } from '../hw/core.ts';
import type { Machine } from '../hw/machine.ts';
import { spendCharge, type CompiledPolicy } from './crossing.ts';
import { EntryPages } from './entrypages.ts';
import { KERNEL_PID, type Process } from './process.ts';
import type { Thread } from './thread.ts';
import { TlbGenerations } from './tlbgenerations.ts';

/** Which page tables a core uses: those of the process it runs, and of the two that a split gives a process the kernel's or the user's. */
export class PageTables {
  /** Process whose tables each core has loaded, by pid; -1 for none. */
  readonly loaded: Int32Array;
  readonly generations: TlbGenerations;
  readonly #policy: CompiledPolicy;
  readonly #isSplit: boolean;
  readonly #keeps: boolean;
  readonly #entryPages: EntryPages | undefined;

  /** `isSplit`: user code and kernel run on tables of their own (KPTI). `keeps`: a load of tables leaves translations in the TLBs, by PCID or since all processes live in one space. */
  constructor(machine: Machine, policy: CompiledPolicy, isSplit: boolean, keeps: boolean) {
    this.loaded = new Int32Array(machine.cores.length).fill(-1);
    this.generations = new TlbGenerations(machine.cores.length);
    this.#policy = policy;
    this.#isSplit = isSplit;
    this.#keeps = keeps;
    this.#entryPages = isSplit && !keeps ? new EntryPages(machine) : undefined;
  }

  /** Tells a core at which level it goes on with the code of a process: of split tables it uses the ones for that level. */
  enter(core: Core, { pid, userTag, kernelTag }: Process, cpl: number): void {
    if (!this.#isSplit || pid === KERNEL_PID) return;
    const tag = cpl === 3 ? userTag : kernelTag;
    const drops = !this.#keeps && tag !== core.memory.tag;
    // Without PCID a CR3 write drops the entries of the tables it leaves.
    if (drops) core.tlbs.flushNonGlobal();
    core.memory.switchTag(tag);
    if (drops) this.#entryPages?.reach(core, pid, cpl === 3 ? 'return' : 'entry');
  }

  /** Loads the address space of a thread that a core switches to, unless it has it loaded already or the thread needs none. */
  load(core: Core, { cpl, process: { pid, table, userTag, kernelTag } }: Thread): void {
    if (this.loaded[core.id] === pid || pid === KERNEL_PID) return;
    this.loaded[core.id] = pid;
    spendCharge(core, this.#policy.spaceSwitch[cpl]);
    core.memory.loadSpace(table, kernelTag, !this.#keeps);
    if (this.generations.catchUp(core.id, pid) && this.#keeps) {
      core.tlbs.flushTag(kernelTag);
      core.tlbs.flushTag(userTag);
    }
    this.#entryPages?.reach(core, pid, 'switch');
  }
}
