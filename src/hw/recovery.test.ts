import { describe, expect, it } from 'vitest';
import { bareMachine } from '../../test/model/support.ts';
import type { Core } from './core.ts';
import { Domain } from './cpi.ts';
import { KERNEL_VPN, PageFlag, PageTable } from './pagetable.ts';
import type { MachineProfile } from './profile.ts';
import { nehalem } from './profiles/nehalem.ts';

/** FlexSC (OSDI 2010), Nehalem, one pwrite: user IPC falls from 1.5 to 0.3 and takes up to 14 000 cycles to recover (figure 1). */
const PUBLISHED = { recovery: 14_000, band: 0.3, before: 1.5, after: 0.3 };
/** What pwrite retires, the lines of L2 and the entries of the data TLB it evicts (table 1, recalled). */
const PWRITE = { instructions: 5689, lines: 985, pages: 44 };

const STRETCH = 200;
const ROUNDS = 8;
const WARM = 1200;
const SEEN = 300;
/** Recovered: the mean of five stretches is within 5 % of the steady state. */
const SMOOTH = 5;
const RECOVERED = 0.95;
const LINES_PER_PAGE = 64;
const USER_PAGES = 1024;
/** Small pages of the kernel. */
const SCATTERED = KERNEL_VPN + 1024;

/** Lines of code that the user walks through, and of data that it reads at random, one in ten instructions. */
interface WorkingSet {
  readonly code: number;
  readonly data: number;
}

/** User code on one core, with a system call now and then. */
class Program {
  readonly #core: Core;
  readonly #set: WorkingSet;
  #at = 0;
  #random = 12_345;

  constructor(profile: MachineProfile, set: WorkingSet) {
    const { machine } = bareMachine({ profile });
    [this.#core] = machine.cores;
    this.#set = set;
    const table = new PageTable(0, USER_PAGES, () => machine.allocateFrames(1));
    const frame = machine.allocateFrames(USER_PAGES);
    for (let vpn = 0; vpn < USER_PAGES; vpn++) table.map(vpn, frame + vpn, PageFlag.Write);
    for (const vpn of [KERNEL_VPN, KERNEL_VPN + 512])
      machine.kernelTable.mapLarge(vpn, machine.allocateFrames(512, 512), PageFlag.Global);
    for (let page = 0; page < PWRITE.pages; page++)
      machine.kernelTable.map(SCATTERED + page, machine.allocateFrames(1), PageFlag.Global);
    this.#core.memory.loadSpace(table, 1, false);
  }

  /** Cycles of the next instructions of the user, 20 on each line of code. */
  user(lines = STRETCH / 20): number {
    const before = this.#core.now;
    this.#core.domain = Domain.User;
    for (let line = 0; line < lines; line++) {
      this.#core.execute(LINES_PER_PAGE + (this.#at++ % this.#set.code), 1, 20);
      for (let load = 0; load < 2; load++) this.#core.memory.touch(128 * LINES_PER_PAGE + this.#draw(), 1, false);
    }
    return this.#core.now - before;
  }

  pwrite(): void {
    this.#core.domain = Domain.Kernel;
    this.#core.execute(KERNEL_VPN * LINES_PER_PAGE, Math.round(PWRITE.instructions / 16), PWRITE.instructions);
    this.#core.memory.touch((KERNEL_VPN + 512) * LINES_PER_PAGE, PWRITE.lines, false);
  }

  /** The same with its data on as many pages as it evicts entries, from another line of each on. */
  scatteredPwrite(): void {
    this.#core.domain = Domain.Kernel;
    this.#core.execute(KERNEL_VPN * LINES_PER_PAGE, Math.round(PWRITE.instructions / 16), PWRITE.instructions);
    const lines = Math.round(PWRITE.lines / PWRITE.pages);
    for (let page = 0; page < PWRITE.pages; page++)
      this.#core.memory.touch(
        (SCATTERED + page) * LINES_PER_PAGE + ((page * 7) % (LINES_PER_PAGE - lines)),
        lines,
        false,
      );
  }

  /** A CR3 write that keeps no entries. */
  dropTranslations(): void {
    this.#core.tlbs.flushNonGlobal();
    this.#core.memory.forgetPages();
  }

  #draw(): number {
    this.#random = (Math.imul(this.#random, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (this.#random >> 8) % this.#set.data;
  }
}

/** Steady IPC, IPC of the first 200 instructions after the call, and cycles until the user has recovered. */
function recovery(profile: MachineProfile, set: WorkingSet): { steady: number; first: number; cycles: number } {
  const program = new Program(profile, set);
  const after = new Float64Array(SEEN);
  let steady = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < WARM; i++) program.user();
    for (let i = 0; i < SEEN; i++) steady += program.user() / ROUNDS / SEEN;
    program.pwrite();
    for (let i = 0; i < SEEN; i++) after[i] += program.user() / ROUNDS;
  }
  return { steady: STRETCH / steady, first: STRETCH / after[0], cycles: cyclesUntil(after, steady / RECOVERED) };
}

function cyclesUntil(after: Float64Array, goal: number): number {
  const mean = (from: number): number => after.subarray(from, from + SMOOTH).reduce((sum, c) => sum + c, 0) / SMOOTH;
  let cycles = 0;
  for (let i = 0; i + SMOOTH < after.length && mean(i) > goal; i++) cycles += after[i];
  return cycles;
}

/**
 * Working sets by where their data lies, and one whose code and the kernel's exceed what Nehalem knows of branches (1024 lines). What the published
 * program touched is not known; all but `beyond` run at 1.1 to 1.7 instructions a cycle.
 */
const SETS = {
  l1: { code: 256, data: 256 },
  small: { code: 256, data: 1024 },
  l2: { code: 512, data: 2048 },
  longCode: { code: 1024, data: 1024 },
  beyond: { code: 512, data: 6144 },
} as const satisfies Record<string, WorkingSet>;

describe('user IPC after a pwrite on nehalem', () => {
  const here = recovery(nehalem, SETS.l2);

  it('recovers within 30 % of the published 14 000 cycles for 32 KiB of code and 128 KiB of data', () => {
    expect(Math.abs(here.cycles / PUBLISHED.recovery - 1)).toBeLessThanOrEqual(PUBLISHED.band);
    expect(Math.abs(here.steady / PUBLISHED.before - 1)).toBeLessThan(0.2);
  });

  it.each(['l1', 'small'] as const)(
    'recovers too soon, in 4000 to 6000 cycles, for 16 KiB of code and %s data',
    (name) => {
      const { cycles, steady } = recovery(nehalem, SETS[name]);

      expect(cycles).toBeGreaterThan(4000);
      expect(cycles).toBeLessThan(6000);
      expect(Math.abs(steady / PUBLISHED.before - 1)).toBeLessThan(0.2);
    },
  );

  it('takes longer than published for data beyond L2', () => {
    expect(recovery(nehalem, SETS.beyond).cycles).toBeGreaterThan(PUBLISHED.recovery * (1 + PUBLISHED.band));
  });

  it('dips to three quarters, published a fifth; to about half for 64 KiB of code, of which less than a tenth without a front end', () => {
    const [charged, free] = [nehalem, { ...nehalem, frontEnd: false as const }].map((profile) =>
      recovery(profile, SETS.longCode),
    );

    expect(here.first / here.steady).toBeGreaterThan(0.7);
    expect(charged.first / charged.steady).toBeLessThan(0.55);
    expect(charged.first / charged.steady).toBeGreaterThan(PUBLISHED.after / PUBLISHED.before);
    expect(free.first / free.steady).toBeGreaterThan(0.9);
  });
});

/** A call without PCID and with page-table isolation. */
function dropped(program: Program): void {
  program.pwrite();
  program.dropTranslations();
}

/** IPC of the first instructions after something, relative to the steady state, on average over 8 rounds. */
function opening(instructions: number, after: (program: Program) => void): number {
  const program = new Program(nehalem, SETS.l2);
  let [steady, first] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < WARM; i++) program.user();
    steady += program.user(WARM) / WARM;
    after(program);
    first += program.user(instructions / 20) / (instructions / 20);
  }
  return steady / first;
}

describe('the first instructions after a pwrite on nehalem', () => {
  it('run no slower than the first 1000 where caches alone were displaced: each line that is used again is missed once, whenever', () => {
    const [twenty, hundred, thousand] = [20, 100, 1000].map((count) => opening(count, (program) => program.pwrite()));
    expect(Math.abs(hundred / thousand - 1)).toBeLessThan(0.05);
    expect(Math.abs(twenty / thousand - 1)).toBeLessThan(0.1);
    expect(twenty).toBeGreaterThan(0.7);
  });

  it('run at half the steady pace and less than the first 1000 where the 44 entries of the data TLB are displaced that the paper counts', () => {
    const [hundred, thousand] = [100, 1000].map((count) => opening(count, (program) => program.scatteredPwrite()));
    expect(hundred).toBeLessThan(0.55);
    expect(hundred).toBeGreaterThan(PUBLISHED.after / PUBLISHED.before);
    expect(hundred).toBeLessThan(thousand);
  });

  it('run at the published fifth, or below, where all translations are gone, and at more than half of the pace after 1000', () => {
    expect(opening(20, dropped)).toBeLessThan(PUBLISHED.after / PUBLISHED.before);
    expect(opening(1000, dropped)).toBeGreaterThan(0.5);
  });
});
