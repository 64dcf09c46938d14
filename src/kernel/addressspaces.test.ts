import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys, work } from '../../test/model/toysystem.ts';
import { frameOf, PageFlag, type PageTable } from '../hw/pagetable.ts';
import { sourced } from '../hw/profile.ts';
import { toy } from '../hw/profiles/toy.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';
import { ENOMEM, Op, type Program, type ThreadEnv } from './abi.ts';

const MS = 1e6;

function* write(env: ThreadEnv, page: number): Generator<void, void, number> {
  env.stream.push(Op.Store, page * LINES_PER_PAGE, 1, 0);
  yield;
}

/** Runs a program alone, with what clone and fork run. */
function boot(program: Program, children: readonly Program[] = [], cores = 1) {
  const spec = processOf([program]);
  const threads = children.map((child, i) => ({ name: `child${i}`, nice: 0, program: child, buffer: 'data' }));
  const system = bootToy([{ ...spec, children: threads }], { cores });
  system.engine.runUntil(20 * MS);
  return system;
}

describe('execve', () => {
  it('unmaps all pages; code comes back from its file, in the same frame, and data in a frame of the process, where they are touched', () => {
    const seen: (readonly number[])[] = [];
    const mapped: (() => readonly number[])[] = [];
    const program: Program = function* (env) {
      const data = Math.floor(env.lineOf('data') / LINES_PER_PAGE);
      seen.push(mapped[0]());
      yield* sys(env, 'execve');
      seen.push(mapped[0]());
      yield* write(env, data);
      yield* work(env, 'native', 10);
      seen.push(mapped[0]());
    };
    const system = bootToy([processOf([program])]);
    const { table, memory } = system.processes[0];
    mapped.push(() =>
      Array.from({ length: memory.end }, (_, vpn) => table.entry(vpn)).map((entry) => (entry > 0 ? frameOf(entry) : 0)),
    );
    system.engine.runUntil(20 * MS);
    const [before, empty, after] = seen;
    const code = [...memory.text.keys()];

    expect(before.filter((frame) => frame > 0)).toHaveLength(4);
    expect(empty.filter((frame) => frame > 0)).toEqual([]);
    expect(after.filter((frame) => frame > 0)).toHaveLength(2);
    expect(code.filter((vpn) => after[vpn] > 0).map((vpn) => after[vpn] === before[vpn])).toEqual([true]);
  });
});

describe('a mapping', () => {
  it('holds no frame until a page is touched: of 4 pages one is written, and that one is there', () => {
    let first = 0;
    const { processes } = boot(function* (env) {
      first = yield* sys(env, 'mmap', 4);
      yield* write(env, first + 2);
    });

    const present = [0, 1, 2, 3].map((i) => processes[0].table.entry(first + i) > 0);
    expect(present).toEqual([false, false, true, false]);
  });

  it('is there at once when populated, gone after munmap, and its pages are used again', () => {
    const pages: number[] = [];
    const { processes } = boot(function* (env) {
      for (let i = 0; i < 3; i++) {
        const page = yield* sys(env, 'mmap', 2, 1);
        pages.push(page);
        yield* sys(env, 'munmap', page, 2);
      }
    });

    expect(new Set(pages).size).toBe(1);
    expect(processes[0].table.entry(pages[0])).toBe(0);
  });

  it('of more pages than the model has is ENOMEM', () => {
    let result = 0;
    boot(function* (env) {
      result = yield* sys(env, 'mmap', 100_000);
    });
    expect(result).toBe(-ENOMEM);
  });

  it('costs a fault where it is first touched and none later: 50 further writes take less than the first', () => {
    const times: number[] = [];
    boot(function* (env) {
      const page = yield* sys(env, 'mmap', 1);
      for (let i = 0; i < 51; i++) {
        yield* write(env, page);
        times.push(env.now());
      }
    });

    expect(times[50] - times[0]).toBeLessThan(times[0] / 4);
  });
});

/** Cycles of the work around faults of a program, on a machine where it takes so long to map a page. */
function software(program: Program, mapping: number): number {
  const profile = { ...toy, cost: { ...toy.cost, pageFault: sourced(mapping, [10, mapping], 'assumed', 'a test') } };
  const system = bootToy([processOf([program])], { profile });
  system.engine.runUntil(2 * MS);
  return system.value('core0.cpi.crossingSoftware');
}

/** Writes to a page that it may only read, and handles the signal. */
const handling: Program = function* (env) {
  yield* sys(env, 'rt_sigaction');
  const page = yield* sys(env, 'mmap', 1, 1);
  yield* sys(env, 'mprotect', page, 1, 0);
  yield* write(env, page);
  yield* sys(env, 'rt_sigreturn');
};
const touching: Program = function* (env) {
  yield* write(env, yield* sys(env, 'mmap', 1));
};

describe('a forbidden access', () => {
  it('does not pay for mapping a page, which a first touch does: 0 of 9990 more cycles, against all', () => {
    expect(software(handling, 10_000) - software(handling, 10)).toBe(0);
    expect(software(touching, 10_000) - software(touching, 10)).toBe(9990);
  });
});

/** Writes to a page that it may only read. */
const trespasser: Program = function* (env) {
  const page = yield* sys(env, 'mmap', 1, 1);
  yield* sys(env, 'mprotect', page, 1, 0);
  yield* write(env, page);
};

describe('write protection', () => {
  it('sends a signal to a program that handles it, at every write', () => {
    const results: number[] = [];
    const times: number[] = [];
    boot(function* (env) {
      yield* sys(env, 'rt_sigaction');
      const page = yield* sys(env, 'mmap', 1, 1);
      yield* sys(env, 'mprotect', page, 1, 0);
      for (let i = 0; i < 3; i++) {
        const before = env.now();
        yield* write(env, page);
        times.push(env.now() - before);
        results.push(yield* sys(env, 'rt_sigreturn'));
      }
    });

    expect(results).toEqual([0, 0, 0]);
    // The toy machine takes an event of 100 cycles and more for each.
    expect(Math.min(...times)).toBeGreaterThan(1000);
  });

  it('is a bug of ours in a program that does not', () => {
    expect(() => boot(trespasser)).toThrow(/may only read/);
  });

  it('is made known to the other cores that run the process: a shootdown interrupts them', () => {
    const { value } = boot(
      function* (env) {
        yield* sys(env, 'clone', 0);
        const page = yield* sys(env, 'mmap', 1, 1);
        yield* work(env, 'native', MS);
        yield* sys(env, 'mprotect', page, 1, 0);
      },
      [
        function* (env) {
          yield* work(env, 'native', 10 * MS);
        },
      ],
      2,
    );

    expect(value('apic.ipisSent')).toBeGreaterThanOrEqual(3);
  });
});

/** Signals that a thread gets for a write, whose core ran another process when the page was made read-only. */
function signalsAfterAbsence(pcid: boolean): number {
  let page = 0;
  const protector: Program = function* (env) {
    yield* sys(env, 'rt_sigaction');
    page = yield* sys(env, 'mmap', 1, 1);
    yield* sys(env, 'nanosleep', 3000);
    yield* sys(env, 'mprotect', page, 1, 0);
  };
  const writer: Program = function* (env) {
    yield* sys(env, 'nanosleep', 1000);
    yield* write(env, page);
    yield* sys(env, 'nanosleep', 4000);
    yield* write(env, page);
  };
  const other: Program = function* (env) {
    for (let i = 0; i < 100; i++) yield* work(env, 'native', 0.1 * MS);
  };
  const spec = processOf([protector, writer]);
  const threads = spec.threads.map((thread, cpu) => ({ ...thread, sched: { affinity: [cpu] } }));
  const rival = processOf([other]);
  const rivals = rival.threads.map((thread) => ({ ...thread, sched: { affinity: [1] } }));
  const system = bootToy(
    [
      { ...spec, threads },
      { ...rival, threads: rivals },
    ],
    { cores: 2, profile: { ...toy, pcid } },
  );
  system.engine.runUntil(20 * MS);
  return system.value('kernel.signals.delivered.fault');
}

describe('a core that ran another process when pages changed', () => {
  it.each([true, false])('has dropped their translations when it comes back, with tags %s', (pcid) => {
    expect(signalsAfterAbsence(pcid)).toBe(1);
  });
});

const sleeper: Program = function* (env) {
  yield* sys(env, 'nanosleep', 1e6);
};

const leaver: Program = function* (env) {
  yield* sys(env, 'exit_group');
};

/** The next free frame after so many forks, all copied from and collected. */
const framesAfter = (forks: number): number => {
  const spec = processOf([
    function* (env) {
      const page = yield* sys(env, 'mmap', 4, 1);
      for (let i = 0; i < forks; i++) {
        yield* sys(env, 'fork', 0);
        for (let j = 0; j < 4; j++) yield* write(env, page + j);
        yield* sys(env, 'wait4');
      }
    },
  ]);
  const children = [{ name: 'c', nice: 0, program: leaver, buffer: 'data' }];
  const { engine, machine } = bootToy([{ ...spec, children }]);
  engine.runUntil(4000 * MS);
  return machine.allocateFrames(1);
};

describe('a fork', () => {
  it('gives the child the frames of its parent, and a frame of its own to who writes first; the other keeps the old one', () => {
    const seen: Record<string, number> = {};
    const system = { table: undefined as { entry(vpn: number): number } | undefined };
    const frame = (page: number): number => frameOf(system.table!.entry(page));
    let page = 0;
    const spec = processOf([
      function* (env) {
        page = yield* sys(env, 'mmap', 1, 1);
        seen['before'] = frame(page);
        seen['child'] = yield* sys(env, 'fork', 0);
        seen['shared'] = frame(page);
        yield* write(env, page);
        seen['after'] = frame(page);
        seen['collected'] = yield* sys(env, 'wait4');
      },
    ]);
    const child: Program = function* (env) {
      for (let i = 0; i < 100; i++) yield* work(env, 'native', 0.1 * MS);
      yield* write(env, page);
      yield* sys(env, 'exit_group');
    };
    const { engine, processes } = bootToy([
      { ...spec, children: [{ name: 'c', nice: 0, program: child, buffer: 'data' }] },
    ]);
    system.table = processes[0].table;
    engine.runUntil(60 * MS);

    expect(seen['shared']).toBe(seen['before']);
    expect(seen['after']).not.toBe(seen['before']);
    expect(seen['collected']).toBe(seen['child']);
    expect(processes[0].table.entry(page) & PageFlag.Write).toBe(PageFlag.Write);
  });

  it('is not undone by mprotect: a page made read-only is so for its writer, and one made writable again is still copied', () => {
    const seen: Record<string, number | boolean> = {};
    const system: { table?: PageTable } = {};
    const entry = (page: number): number => system.table!.entry(page);
    const spec = processOf([
      function* (env) {
        const page = yield* sys(env, 'mmap', 1, 1);
        yield* sys(env, 'rt_sigaction');
        yield* sys(env, 'fork', 0);
        const shared = frameOf(entry(page));
        yield* sys(env, 'mprotect', page, 1, 0);
        yield* write(env, page);
        seen['is written though read-only'] = (entry(page) & PageFlag.Write) !== 0;
        seen['rt_sigreturn'] = yield* sys(env, 'rt_sigreturn');
        yield* sys(env, 'mprotect', page, 1, 1);
        seen['is writable before it is copied'] = (entry(page) & PageFlag.Write) !== 0;
        yield* write(env, page);
        seen['is copied'] = frameOf(entry(page)) !== shared;
      },
    ]);
    const { engine, processes } = bootToy([
      { ...spec, children: [{ name: 'c', nice: 0, program: sleeper, buffer: 'data' }] },
    ]);
    system.table = processes[0].table;
    engine.runUntil(60 * MS);

    expect(seen).toEqual({
      'is written though read-only': false,
      rt_sigreturn: 0,
      'is writable before it is copied': false,
      'is copied': true,
    });
  });

  it.each([
    ['lives', 4],
    ['has ended', 0],
  ])(
    'whose child %s has a writer of 4 pages interrupt the core of its sibling %i times: a copy is told, a right is not',
    (state, told) => {
      const system: { value?: (name: string) => number } = {};
      let ipis = 0;
      const writer: Program = function* (env) {
        const page = yield* sys(env, 'mmap', 4, 1);
        yield* sys(env, 'clone', 0);
        yield* sys(env, 'fork', 1);
        if (state === 'has ended') yield* sys(env, 'wait4');
        const before = system.value!('apic.ipisSent');
        for (let i = 0; i < 4; i++) yield* write(env, page + i);
        ipis = system.value!('apic.ipisSent') - before;
      };
      const sibling: Program = function* (env) {
        for (let i = 0; i < 300; i++) yield* work(env, 'native', 0.1 * MS);
      };
      const child: Program = function* (env) {
        if (state === 'lives') yield* sys(env, 'nanosleep', 1e6);
        yield* sys(env, 'exit_group');
      };
      const children = [sibling, child].map((program, i) => ({
        name: `child${i}`,
        nice: 0,
        program,
        buffer: 'data',
        sched: { affinity: [1 - i] },
      }));
      const spec = processOf([writer]);
      const threads = spec.threads.map((thread) => ({ ...thread, sched: { affinity: [0] } }));
      const { engine, value } = bootToy([{ ...spec, threads, children }], { cores: 2 });
      system.value = value;
      engine.runUntil(20 * MS);

      expect(ipis).toBe(told);
    },
  );

  it('again and again takes no further memory: 40 forks end with the frames of 4', () => {
    expect(framesAfter(40)).toBe(framesAfter(4));
  });
});
