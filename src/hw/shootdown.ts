import type { Core } from './core.ts';
import { invalidate, type InvalidationName } from './invalidation.ts';
import type { Machine } from './machine.ts';

/** More pages than this are dropped by dropping their address space (Linux: tlb_single_page_flush_ceiling). */
const MOST_PAGES = 33;

/** Instructions that drop one page each. */
const PER_PAGE: ReadonlySet<InvalidationName> = new Set(['invlpg', 'invpcidPage']);

/** Pages of one address space whose entries have changed; tag 0 stands for pages of all of them (global). */
export interface ChangedPages {
  readonly tag: number;
  readonly first: number;
  readonly count: number;
}

/**
 * One round of a TLB shootdown: after a change of a page table each core that may hold the old entries drops them, the initiator at once, the
 * others when their interrupt is served. Until `isComplete` they may still use what the table no longer says; frames must not be reused before.
 */
export class Shootdown {
  readonly #machine: Machine;
  readonly #changes: readonly ChangedPages[];
  /** Logical CPUs that have not dropped the pages yet. */
  readonly #pending: Set<number>;

  /** Drops the pages, of as many address spaces as a process has tags, on the initiator and interrupts the other logical CPUs of `holders`; siblings keep entries of their own too. */
  constructor(machine: Machine, initiator: Core, holders: Iterable<number>, ...changes: readonly ChangedPages[]) {
    this.#machine = machine;
    this.#changes = changes;
    this.#pending = new Set(holders);
    this.#pending.delete(initiator.id);
    this.#drop(initiator);
    for (const { id } of machine.cores) if (this.#pending.has(id)) machine.apic.sendIpi(id, initiator.now);
  }

  /** Whether every core has dropped the pages. */
  get isComplete(): boolean {
    return this.#pending.size === 0;
  }

  /** Drops the pages on a core that was interrupted for it; nothing happens on a core that owes nothing. */
  serve(core: Core): void {
    if (!this.#pending.delete(core.id)) return;
    this.#drop(core);
  }

  #drop(core: Core): void {
    for (const changed of this.#changes) {
      const { tag, first, count } = changed;
      const name = this.#instruction(changed, tag === 0 || tag === core.memory.tag);
      const calls = PER_PAGE.has(name) ? count : 1;
      for (let page = 0; page < calls; page++) invalidate(this.#machine, core, name, first + page, tag);
    }
  }

  /** INVLPG reaches the global pages and the address space in use, INVPCID any other; without it all of the TLB has to go. */
  #instruction({ tag, count }: ChangedPages, isInUse: boolean): InvalidationName {
    const isFew = count <= MOST_PAGES;
    if (isFew && isInUse) return 'invlpg';
    if (this.#machine.profile.options.includes('invpcid'))
      return isFew ? 'invpcidPage' : tag === 0 ? 'invpcidAll' : 'invpcidContext';
    return isInUse && tag !== 0 ? 'cr3Reload' : 'globalFlush';
  }
}
