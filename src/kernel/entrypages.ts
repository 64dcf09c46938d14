import type { Core } from '../hw/core.ts';
import type { Machine } from '../hw/machine.ts';
import { KERNEL_PAGES, KERNEL_VPN, PageFlag, PageTable, TABLE_BITS } from '../hw/pagetable.ts';
import { TEXT_PAGES } from './memory.ts';

/** Parts of an address space that hang from roots of their own: what lies in kernel text and data, and three that the model uses for nothing else. */
const PARTS = { kernel: 0, entryArea: 1, stacks: 2, user: 3 } as const;
/** When a CR3 write has dropped what the TLBs knew: on the way in, on the way back, and at a switch of processes. */
export type Drop = 'entry' | 'return' | 'switch';

/** A page that code around every crossing uses. */
interface EntryPage {
  readonly doc: string;
  readonly part: keyof typeof PARTS;
  /** Its place within its part; of each core or process another one, if it has its own. */
  readonly page: number;
  readonly of?: 'core' | 'process';
  readonly isCode?: true;
  readonly after: readonly Drop[];
}

const LARGE_PAGES = 1 << TABLE_BITS;
/** Pages of a part, and those from one core or process to the next: entries of a line of their page table. */
const PART_PAGES = 1 << 14;
const STRIDE = 8;
/** Processes that have pages of their own here. */
const SPACES = 256;
/** Pages by which parts are offset from each other, so that their first pages do not share the sets of TLBs. */
const COLOUR = 5;
const DATA = TEXT_PAGES;
/** First page of a library; the stack of its program begins the part, as far away as another page table. */
const LIBRARY = PART_PAGES / 2;

/**
 * Pages that every system call uses beside those of its own function and of the program, in the order of arch/x86/entry/entry_64.S and
 * arch/x86/include/asm/cpu_entry_area.h of Linux 4.14.11 to 4.19, the first kernels with KPTI. The model counts this code as steps; its pages matter where
 * a CR3 write drops their translations. Kernel text, static data and the direct map have large pages, all else small ones.
 */
export const ENTRY_PAGES: readonly EntryPage[] = [
  page('entry_SYSCALL_64_trampoline', 'entryArea', 4, ['entry', 'return'], { of: 'core', isCode: true }),
  page('TSS, for the kernel stack pointer (sp1)', 'entryArea', 2, ['entry', 'switch'], { of: 'core' }),
  page('entry stack: RSP_SCRATCH, registers that go back', 'entryArea', 1, ['entry', 'return', 'switch'], {
    of: 'core',
  }),
  page('kernel stack (vmalloc)', 'stacks', 0, ['entry', 'switch'], { of: 'core' }),
  page('.entry.text, mapped for user code too', 'kernel', TEXT_PAGES - LARGE_PAGES, ['entry', 'return', 'switch'], {
    isCode: true,
  }),
  page('per-CPU data: current_task', 'kernel', DATA + LARGE_PAGES, ['entry', 'switch']),
  page('task_struct with thread_info, for work on the way back', 'kernel', DATA + 2 * LARGE_PAGES, ['entry', 'switch']),
  page('sys_call_table (.rodata)', 'kernel', DATA, ['entry']),
  page('stack of the program', 'user', 0, ['return'], { of: 'process' }),
  page('library function that holds the SYSCALL instruction', 'user', LIBRARY, ['return'], {
    of: 'process',
    isCode: true,
  }),
  page("the program's table of library functions (GOT)", 'user', LIBRARY + 2 * STRIDE * SPACES, ['return'], {
    of: 'process',
  }),
];

function page(
  doc: string,
  part: EntryPage['part'],
  number: number,
  after: readonly Drop[],
  rest: Pick<EntryPage, 'of' | 'isCode'> = {},
): EntryPage {
  return { doc, part, page: number, after, ...rest };
}

/** A page in its table; of core or process n the one `n` times so many pages further. */
interface Placed {
  readonly table: PageTable;
  readonly vpn: number;
  readonly perCore: number;
  readonly perProcess: number;
  readonly isCode: boolean;
}

/** Has the pages around a crossing translated again after a CR3 write that dropped them; needed only where one does. */
export class EntryPages {
  readonly #after: Readonly<Record<Drop, readonly Placed[]>>;

  constructor(machine: Machine) {
    const tables = tablesOf(machine);
    const after = (drop: Drop): readonly Placed[] =>
      ENTRY_PAGES.filter((entry) => entry.after.includes(drop)).map((entry) => place(tables, entry));
    this.#after = { entry: after('entry'), return: after('return'), switch: after('switch') };
  }

  /** Translates the pages that are used next, on behalf of a process. hot */
  reach(core: Core, pid: number, drop: Drop): void {
    const pages = this.#after[drop];
    const process = pid % SPACES;
    for (let i = 0; i < pages.length; i++) {
      const next = pages[i];
      core.memory.reach(next.table, next.vpn + next.perCore * core.id + next.perProcess * process, next.isCode);
    }
  }
}

type Tables = Readonly<Record<EntryPage['part'], PageTable>>;

function tablesOf(machine: Machine): Tables {
  const frame = machine.allocateFrames(1);
  const make = (part: EntryPage['part'], count: number): PageTable => {
    const table = new PageTable(baseOf(part), PART_PAGES, () => machine.allocateFrames(1), PARTS[part]);
    for (const entry of ENTRY_PAGES)
      if (entry.part === part)
        for (let i = 0; i < count; i++) table.map(baseOf(part) + entry.page + i * STRIDE, frame, PageFlag.Write);
    return table;
  };
  const cores = machine.cores.length;
  return {
    kernel: machine.kernelTable,
    entryArea: make('entryArea', cores),
    stacks: make('stacks', cores),
    user: make('user', SPACES),
  };
}

function baseOf(part: EntryPage['part']): number {
  const number = PARTS[part];
  return number === 0 ? KERNEL_VPN : KERNEL_VPN + KERNEL_PAGES + (number - 1) * PART_PAGES + number * COLOUR;
}

function place(tables: Tables, { part, page: number, of, isCode }: EntryPage): Placed {
  return {
    table: tables[part],
    vpn: baseOf(part) + number,
    perCore: of === 'core' ? STRIDE : 0,
    perProcess: of === 'process' ? STRIDE : 0,
    isCode: isCode === true,
  };
}
