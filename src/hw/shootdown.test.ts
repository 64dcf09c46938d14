import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareMachine } from '../../test/model/support.ts';
import type { Machine } from './machine.ts';
import { frameIn, KERNEL_VPN, PageFlag, PageTable } from './pagetable.ts';
import type { MachineProfile } from './profile.ts';
import { toy } from './profiles/toy.ts';
import { Shootdown, type ChangedPages } from './shootdown.ts';

const CORES = 3;
const SPACES = 3;
const LARGE = 512;
/** Small pages that the sequences use; the large page is that of pages 512 to 1023. */
const VPNS = [1, 2, 17, LARGE, LARGE + 1, LARGE + 100] as const;
const KERNEL_PAGES = [KERNEL_VPN, KERNEL_VPN + 1] as const;
const LINES_PER_PAGE = 64;
const RIGHTS = PageFlag.Write | PageFlag.NoExec;
const ABSENT = 'absent';

/** What a core may see of a page: its frame and whether it may be written. */
const seenOf = (entry: number, vpn: number): string =>
  entry === 0 ? ABSENT : `${frameIn(entry, vpn)}${(entry & PageFlag.Write) === 0 ? ' read-only' : ''}`;

/** The simulated machine: some address spaces, any of which any core may run. */
class Real {
  readonly machine: Machine;
  readonly tables: readonly PageTable[];
  readonly #serves: boolean;
  #frame = LARGE * 20;

  /** Begins anew on a machine that earlier sequences may have used. */
  constructor(machine: Machine, serves: boolean) {
    this.machine = machine;
    this.#serves = serves;
    for (const vpn of KERNEL_PAGES) machine.kernelTable.unmap(vpn);
    for (const { tlbs } of machine.cores) tlbs.flushAll();
    const allocate = (): number => this.machine.allocateFrames(1);
    this.tables = Array.from({ length: SPACES }, () => new PageTable(0, 2 * LARGE, allocate));
    for (let core = 0; core < CORES; core++) this.run(core, 0);
  }

  tableOf(space: number, vpn: number): PageTable {
    return vpn >= KERNEL_VPN ? this.machine.kernelTable : this.tables[space];
  }

  /** Frames that no page has yet; never handed out twice. */
  frames(count: number): number {
    const first = Math.ceil(this.#frame / count) * count;
    this.#frame = first + count;
    return first;
  }

  run(core: number, space: number): void {
    this.machine.cores[core].memory.loadSpace(this.tables[space], space + 1, !this.machine.profile.pcid);
  }

  /** What a core sees of a page that it reads. */
  read(core: number, vpn: number): string {
    const { memory } = this.machine.cores[core];
    try {
      memory.touch(vpn * LINES_PER_PAGE, 1, false);
    } catch (error) {
      expect(String(error)).toContain(`page ${vpn} is not mapped`);
      return ABSENT;
    }
    return seenOf(memory.dataEntry, vpn);
  }

  begin(core: number, pages: ChangedPages): Shootdown {
    return new Shootdown(this.machine, this.machine.cores[core], this.machine.cores.keys(), pages);
  }

  serve(round: Shootdown, core: number): void {
    if (this.#serves) round.serve(this.machine.cores[core]);
  }
}

/** The naive map: what each page is now, what it was since its last completed shootdown, and which space each core runs. */
interface Model {
  readonly now: Map<string, string>;
  readonly before: Map<string, Set<string>>;
  readonly runs: number[];
}

const pageKey = (space: number, vpn: number): string => (vpn >= KERNEL_VPN ? `kernel ${vpn}` : `${space} ${vpn}`);

/** Notes that a page changed from what the map says to what the table holds. */
function change(model: Model, real: Real, space: number, vpns: readonly number[]): void {
  for (const vpn of vpns) {
    const key = pageKey(space, vpn);
    const old = model.now.get(key) ?? ABSENT;
    model.before.set(key, (model.before.get(key) ?? new Set()).add(old));
    model.now.set(key, seenOf(real.tableOf(space, vpn).entry(vpn), vpn));
  }
}

const LARGE_VPNS = VPNS.filter((vpn) => vpn >= LARGE);
const PAGES_OF = (vpn: number): readonly number[] => (vpn >= KERNEL_VPN ? [vpn] : vpn >= LARGE ? LARGE_VPNS : [vpn]);

type Step = fc.Command<Model, Real>;
const step = (
  name: string,
  run: (model: Model, real: Real) => void,
  check: (model: Model) => boolean = () => true,
): Step => ({
  check,
  run,
  toString: () => name,
});

const globalOf = (vpn: number): number => (vpn >= KERNEL_VPN ? PageFlag.Global : 0);

const map = (space: number, vpn: number): Step =>
  step(`map ${space} ${vpn}`, (model, real) => {
    real.tableOf(space, vpn).map(vpn, real.frames(1), RIGHTS | globalOf(vpn));
    change(model, real, space, PAGES_OF(vpn));
  });
const mapLarge = (space: number): Step =>
  step(`mapLarge ${space}`, (model, real) => {
    real.tables[space].mapLarge(LARGE, real.frames(LARGE), RIGHTS);
    change(model, real, space, LARGE_VPNS);
  });
const unmap = (space: number, vpn: number): Step =>
  step(`unmap ${space} ${vpn}`, (model, real) => {
    real.tableOf(space, vpn).unmap(vpn);
    change(model, real, space, PAGES_OF(vpn));
  });
const protect = (space: number, vpn: number): Step =>
  step(
    `protect ${space} ${vpn}`,
    (model, real) => {
      real.tableOf(space, vpn).protect(vpn, 0, PageFlag.Write);
      change(model, real, space, PAGES_OF(vpn));
    },
    (model) => (model.now.get(pageKey(space, vpn)) ?? ABSENT) !== ABSENT,
  );

/** A core takes up another address space: a switch, and a migration for what ran elsewhere. */
const run = (core: number, space: number): Step =>
  step(`run ${core} ${space}`, (model, real) => {
    real.run(core, space);
    model.runs[core] = space;
  });

/** A core reads a page: it sees what the table says, or what it said since the last completed shootdown. */
const read = (core: number, vpn: number): Step =>
  step(`read ${core} ${vpn}`, (model, real) => {
    const key = pageKey(model.runs[core], vpn);
    const allowed = [model.now.get(key) ?? ABSENT, ...(model.before.get(key) ?? [])];
    expect(allowed).toContain(real.read(core, vpn));
  });

/** A shootdown of some pages; the other cores serve it in some order, with reads in between. */
const shoot = (core: number, space: number, first: number, count: number, order: readonly number[]): Step =>
  step(`shoot ${core} ${space} ${first} ${count}`, (model, real) => {
    const isKernel = first >= KERNEL_VPN;
    const round = real.begin(core, { tag: isKernel ? 0 : space + 1, first, count });
    for (const other of order) {
      if (!round.isComplete) read(other, first).run(model, real);
      real.serve(round, other);
    }
    const vpns = isKernel ? KERNEL_PAGES : VPNS;
    // A large page goes as a whole, so what was it cannot be seen at any of its addresses.
    for (const vpn of vpns) if (vpn >= first && vpn < first + count) model.before.delete(pageKey(space, vpn));
  });

const core = fc.integer({ min: 0, max: CORES - 1 });
const space = fc.integer({ min: 0, max: SPACES - 1 });
const user = fc.constantFrom(...VPNS);
const page = fc.constantFrom(...VPNS, ...KERNEL_PAGES);
const order = fc.shuffledSubarray([0, 1, 2], { minLength: CORES });
const steps = [
  fc.tuple(space, page).map(([s, v]) => map(s, v)),
  space.map(mapLarge),
  fc.tuple(space, page).map(([s, v]) => unmap(s, v)),
  fc.tuple(space, page).map(([s, v]) => protect(s, v)),
  fc.tuple(core, space).map(([c, s]) => run(c, s)),
  fc.tuple(core, page).map(([c, v]) => read(c, v)),
  fc.tuple(core, user).map(([c, v]) => read(c, v)),
  fc.tuple(core, space, page, fc.constantFrom(1, 3, 600), order).map(([c, s, v, n, o]) => shoot(c, s, v, n, o)),
];

/** Machines that drop translations in different ways: tags with INVPCID, tags without, and no tags. */
const MACHINES: readonly (readonly [name: string, profile: MachineProfile])[] = [
  ['tags and INVPCID', { ...toy, options: ['invpcid'] }],
  ['tags', toy],
  ['no tags', { ...toy, pcid: false }],
];

const emptyModel = (): Model => ({ now: new Map(), before: new Map(), runs: Array.from({ length: CORES }, () => 0) });

function holds(profile: MachineProfile, serves: boolean, seed: number): fc.RunDetails<[Iterable<Step>]> {
  const { machine } = bareMachine({ cores: CORES, profile });
  const property = fc.property(fc.commands(steps, { maxCommands: 60, size: 'max' }), (commands) => {
    fc.modelRun(() => ({ model: emptyModel(), real: new Real(machine, serves) }), commands);
  });
  return fc.check(property, { numRuns: 120, seed, endOnFailure: !serves });
}

describe('after a completed shootdown', () => {
  it.each(MACHINES)(
    'no core uses an old mapping, in 120 random sequences of 60 steps on 3 cores with %s',
    (_, profile) => {
      const { counterexample } = holds(profile, true, 1);

      expect(counterexample?.map(String) ?? 'none').toBe('none');
    },
  );

  it.each(MACHINES)('a core that did not serve it does, and the sequences find it, with %s', (_, profile) => {
    expect(holds(profile, false, 1).failed).toBe(true);
  });
});
