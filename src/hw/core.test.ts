import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareMachine, type BareMachine, type ToyOptions } from '../../test/model/support.ts';
import type { Core } from './core.ts';
import { Domain } from './cpi.ts';
import { Op, OpStream } from './opstream.ts';
import { KERNEL_VPN, PageFlag, PageTable } from './pagetable.ts';
import { sourced } from './profile.ts';
import { toy } from './profiles/toy.ts';
import { Vector } from './trap.ts';

const MEMORY = toy.llc.latency.value + toy.dramLatencyNs.value;
const COLD_WALK = toy.stlb.hit.value + MEMORY + MEMORY;
const LINES_PER_PAGE = 64;
const PAGES = 32;
/** Page 1 is code; from page 8 on there is data, whose page-table entries lie in another line. */
const CODE = 1 * LINES_PER_PAGE;
const DATA = 8 * LINES_PER_PAGE;

/** Gives every core of a bare machine an address space of 32 pages and user work to do. */
function userMachine(options: ToyOptions = {}): BareMachine {
  const bare = bareMachine(options);
  const { machine } = bare;
  const table = new PageTable(0, PAGES, () => machine.allocateFrames(1));
  const frame = machine.allocateFrames(PAGES);
  for (let vpn = 0; vpn < PAGES; vpn++) table.map(vpn, frame + vpn, PageFlag.Write);
  for (const core of machine.cores) {
    core.memory.loadSpace(table, core.id + 1, false);
    core.domain = Domain.User;
  }
  return bare;
}

/** An operation as a tuple: code, then its operands. */
type Operation = readonly [op: number, a: number, b: number, c?: number];

function streamOf(operations: readonly Operation[]): OpStream {
  const stream = new OpStream(16);
  for (const [op, a, b, c = 0] of operations) stream.push(op, a, b, c);
  return stream;
}

/** Hands a core its operations and wakes it at time 0 without an interrupt. */
function start(core: Core, operations: readonly Operation[]): void {
  core.stream = streamOf(operations);
  core.raise(0, 0);
}

/** Cycles that a core spends on operations, one after the other. */
function costs({ core, operations }: { core: Core; operations: readonly Operation[] }): number[] {
  return operations.map(([op, a, b, c = 0]) => {
    const before = core.now;
    if (op === Op.Execute) core.execute(a, b, c);
    else core.memory.touch(a, b, op === Op.Store);
    return core.now - before;
  });
}

function bucketsOf({ stats }: BareMachine, core = 0): Record<string, number> {
  const prefix = `core${core}.cpi.`;
  const rows = stats.rows(stats.snapshot()).filter(({ name, value }) => name.startsWith(prefix) && value > 0);
  return Object.fromEntries(rows.map(({ name, value }) => [name.slice(prefix.length), value]));
}

describe('costs on toy', () => {
  it('10 instructions in a cold line take 10 + a walk of 285 + 140 from memory; again, 10', () => {
    const { machine } = userMachine();
    const once: Operation = [Op.Execute, CODE, 1, 10];

    const seen = costs({ core: machine.cores[0], operations: [once, once] });

    expect(seen).toEqual([10 + COLD_WALK + MEMORY, 10]);
  });

  it('loads of 4 cold lines of one page walk once and wait 4 x 140; stores to them cost nothing more', () => {
    const { machine } = userMachine();

    const seen = costs({
      core: machine.cores[0],
      operations: [
        [Op.Load, DATA, 4],
        [Op.Load, DATA, 4],
        [Op.Store, DATA, 4],
      ],
    });

    expect(seen).toEqual([COLD_WALK + 4 * MEMORY, 0, 0]);
  });

  it('a run of lines across a page boundary translates twice: the second page costs 5, its entry is a neighbour', () => {
    const { machine } = userMachine();
    const across: Operation = [Op.Load, DATA + LINES_PER_PAGE - 1, 2];

    const seen = costs({ core: machine.cores[0], operations: [across, across] });

    expect(seen).toEqual([COLD_WALK + MEMORY + toy.stlb.hit.value + MEMORY, 0]);
  });

  it('overlap of 4 data and 2 fetch misses divides their stalls, not those of walks', () => {
    const profile = { ...toy, overlap: { data: overlapOf(4), fetch: overlapOf(2) } };
    const { machine } = userMachine({ profile });

    const seen = costs({
      core: machine.cores[0],
      operations: [
        [Op.Load, DATA, 1],
        [Op.Execute, CODE, 1, 10],
      ],
    });

    // The directory's line was brought by the first walk, and its entry is in the walk cache.
    expect(seen).toEqual([COLD_WALK + MEMORY / 4, 10 + toy.stlb.hit.value + MEMORY + MEMORY / 2]);
  });

  it('a run of 8 cold lines with 4 buffers waits 2 x 140, eight runs of one line 8 x 140 / 2, and chased ones 8 x 140', () => {
    const eight = Array.from({ length: 8 }, (_, i): Operation => [Op.Load, DATA + i, 1]);
    const timesOf = (lone: number, fills: number): number[] =>
      [[[Op.Load, DATA, 8] as Operation], eight].map((operations) => {
        const overlap = { ...overlapOf(lone), fills: exact(fills) };
        const { machine } = userMachine({ profile: { ...toy, overlap: { data: overlap, fetch: overlap } } });
        return costs({ core: machine.cores[0], operations }).reduce((sum, cycles) => sum + cycles, -COLD_WALK);
      });

    expect(timesOf(2, 4)).toEqual([2 * MEMORY, 4 * MEMORY]);
    expect(timesOf(1, 1)).toEqual([8 * MEMORY, 8 * MEMORY]);
  });

  it('user work is charged by cause: 10 base, 140 fetch, 140 data, the rest to the TLB', () => {
    const bare = userMachine();
    costs({
      core: bare.machine.cores[0],
      operations: [
        [Op.Execute, CODE, 1, 10],
        [Op.Load, DATA, 1],
      ],
    });

    expect(bucketsOf(bare)).toEqual({
      userBase: 10,
      userFetch: MEMORY,
      userData: MEMORY,
      userTlb: COLD_WALK + toy.stlb.hit.value + MEMORY,
    });
  });

  it('kernel work has a CPI of its own: at 2.5 instead of 1, 10 instructions take 25 cycles', () => {
    const { machine } = userMachine({ profile: { ...toy, kernelCpi: exact(2.5) } });
    const [core] = machine.cores;
    const once: Operation = [Op.Execute, CODE, 1, 10];
    costs({ core, operations: [once] });

    core.domain = Domain.Kernel;

    expect(costs({ core, operations: [once] })).toEqual([25]);
  });

  it('carries fractions: 7 instructions at 0.25 cycles take 1 cycle, 8 take 2', () => {
    const { machine } = userMachine({ profile: { ...toy, userCpi: exact(0.25) } });
    const [core] = machine.cores;
    costs({ core, operations: [[Op.Execute, CODE, 1, 4]] });
    const before = core.now;

    const seen = Array.from({ length: 8 }, () => costs({ core, operations: [[Op.Execute, CODE, 1, 1]] })[0]);

    expect(seen).toEqual([0, 0, 0, 1, 0, 0, 0, 1]);
    expect(core.now).toBe(before + 2);
  });
});

describe('our bugs', () => {
  it.each([0, PAGES, KERNEL_VPN])(
    'name the page that is not mapped: %i, looked up before the kernel was told of the fault and after',
    (vpn) => {
      const { machine } = bareMachine();
      const table = new PageTable(0, PAGES, () => machine.allocateFrames(1));
      machine.cores[0].memory.loadSpace(table, 1, false);

      expect(() => machine.cores[0].memory.touch(vpn * LINES_PER_PAGE, 1, false)).toThrow(
        `core0 at ${2 * toy.stlb.hit.value}: page ${vpn} is not mapped`,
      );
    },
  );

  it('name the operation that does not exist: 77', () => {
    const { engine, machine } = userMachine();
    start(machine.cores[0], [[77, 0, 0]]);

    expect(() => engine.runUntil(10)).toThrow('core0 at 0: unknown operation 77');
  });
});

/** 20 operations of 100 cycles, all in one line that is warm when they begin; returns when that is. */
function startHundreds({ machine }: BareMachine): number {
  const [core] = machine.cores;
  core.execute(CODE, 1, 100);
  start(
    core,
    Array.from({ length: 20 }, () => [Op.Execute, CODE, 1, 100]),
  );
  return core.now;
}

describe('interrupts', () => {
  it('are taken between operations: one due at 250 waits for the end of the third operation of 100, at 300', () => {
    const bare = userMachine();
    const began = startHundreds(bare);
    bare.machine.apic.armTimer(0, began + 250);

    bare.engine.runUntil(1e6);

    expect(bare.door.traps.filter(({ kind }) => kind === 'interrupt')).toEqual([
      { kind: 'interrupt', core: 0, at: began + 300, info: Vector.Timer },
    ]);
  });

  it('due exactly at a boundary, 300, are taken there', () => {
    const bare = userMachine();
    const began = startHundreds(bare);
    bare.machine.apic.armTimer(0, began + 300);

    bare.engine.runUntil(1e6);

    expect(bare.door.times('interrupt')).toEqual([began + 300]);
  });

  it('come late by at most the sync window and one operation: due at 250 with a window of 450, taken at 700', () => {
    const bare = userMachine({ syncWindow: 450 });
    const began = startHundreds(bare);
    bare.machine.apic.armTimer(0, began + 250);

    bare.engine.runUntil(1e6);

    expect(bare.door.times('interrupt')).toEqual([began + 250 + 450]);
  });

  it('wake a halted core at their time, the 5000 cycles before are idle', () => {
    const bare = userMachine();
    bare.machine.apic.armTimer(0, 5000);

    bare.engine.runUntil(6000);
    bare.machine.cores[0].settle(6000);

    expect(bare.door.times('interrupt')).toEqual([5000]);
    expect(bucketsOf(bare)).toEqual({ idle: 6000 });
  });

  it('raised for a core that ran ahead and halted at 2000 do not take it back', () => {
    const bare = userMachine({ syncWindow: 1e6 });
    const began = startHundreds(bare);
    bare.machine.apic.armTimer(0, began + 250);

    bare.engine.runUntil(1e6);

    expect(bare.door.times('interrupt')).toEqual([began + 20 * 100]);
  });
});

const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40, size: 'max' });

/** Engine events that two cores need for 200 operations of 100 cycles. */
function eventsWith(syncWindow: number): number {
  const bare = userMachine({ cores: 2, syncWindow });
  for (const core of bare.machine.cores)
    start(
      core,
      Array.from({ length: 200 }, () => [Op.Execute, CODE, 1, 100]),
    );
  bare.engine.runUntil(1e6);
  return bare.engine.executed;
}

describe('the sync window', () => {
  it.each([
    [0, 3, 0],
    [1000, 3, 1000],
    [0, 9, 1],
    [1000, 9, 17_000],
  ])(
    'of %i cycles has one of %i cores get at most %i ahead of the others, plus one operation',
    (syncWindow, cores, most) => {
      fc.assert(
        fc.property(fc.array(lengths, { minLength: cores, maxLength: cores }), (programs) => {
          const bare = userMachine({ cores, syncWindow });
          programs.forEach((program, core) =>
            start(
              bare.machine.cores[core],
              program.flatMap((length): Operation[] => [
                [Op.Execute, CODE, 1, length],
                [Op.Syscall, 0, 0],
              ]),
            ),
          );

          bare.engine.runUntil(1e7);

          const order = bare.door.traps.filter(({ kind }) => kind === 'syscall');
          const longestOperation = 400 + COLD_WALK + MEMORY + cores * toy.remoteCycles.value;
          const ahead = order.map(({ at }, i) => at - Math.min(...order.slice(i).map((later) => later.at)));
          expect(order).toHaveLength(programs.flat().length);
          expect(Math.max(...ahead)).toBeLessThanOrEqual(most + longestOperation);
        }),
        { numRuns: 6 },
      );
    },
  );

  it.each([0, 150])(
    'of %i cycles holds for what the core itself schedules: it arms a timer 250 ahead with nothing else pending',
    (syncWindow) => {
      const bare = userMachine({ syncWindow });
      const [core] = bare.machine.cores;
      core.execute(CODE, 1, 100);
      const began = core.now;
      bare.door.act = () => bare.machine.apic.armTimer(0, core.now + 250);
      start(core, [[Op.Syscall, 0, 0], ...Array.from({ length: 20 }, (): Operation => [Op.Execute, CODE, 1, 100])]);

      bare.engine.runUntil(1e6);

      const lateness = bare.door.times('interrupt')[0] - (began + 250);
      expect(lateness).toBeGreaterThanOrEqual(0);
      expect(lateness).toBeLessThan(syncWindow + 100);
    },
  );

  it('is used: with 1000 instead of 0 the engine delivers fewer events for the same program', () => {
    expect(eventsWith(1000)).toBeLessThan(eventsWith(0) / 5);
  });
});

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(fc.constant(Op.Execute), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 80 }), fc.nat(2000)),
  fc.tuple(fc.constantFrom(Op.Load, Op.Store), fc.integer({ min: 0, max: 1900 }), fc.integer({ min: 0, max: 90 })),
);
const fraction = fc.double({ min: 0.1, max: 3, noNaN: true });

describe('the CPI identity', () => {
  it('holds exactly on both cores after random programs with fractional CPI, overlaps and interrupts', () => {
    const program = fc.array(operation, { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(program, program, fraction, fraction, fc.nat(3000), (first, second, cpi, overlap, syncWindow) => {
        const profile = {
          ...toy,
          userCpi: exact(cpi),
          overlap: { data: overlapOf(overlap + 1), fetch: overlapOf(overlap + 1) },
        };
        const bare = userMachine({ cores: 2, syncWindow, profile });
        [first, second].forEach((operations, core) => start(bare.machine.cores[core], operations));
        bare.machine.apic.sendIpi(1, 500);

        bare.engine.runUntil(1e6);

        for (const core of bare.machine.cores) {
          core.settle(1e6);
          expect(Number.isInteger(core.now)).toBe(true);
          expect(core.ledger.accounted()).toBe(core.now);
          expect(core.now).toBeGreaterThanOrEqual(1e6);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('loses less than one cycle to fractions over 1000 operations: 1/3 cycle x 7 instructions x 1000', () => {
    const { machine } = userMachine({ profile: { ...toy, userCpi: exact(1 / 3) } });
    const [core] = machine.cores;
    costs({ core, operations: [[Op.Execute, CODE, 1, 3]] });
    const before = core.now;

    for (let i = 0; i < 1000; i++) core.execute(CODE, 1, 7);

    expect(Math.abs(core.now - before - 7000 / 3)).toBeLessThan(1);
  });
});

function exact(value: number) {
  return sourced(value, [value, value], 'assumed', 'test');
}

/** The same overlap at all levels, without end of a run. */
function overlapOf(value: number) {
  const level = exact(value);
  return { l2: level, llc: level, remote: level, dram: level, fills: level, lineCycles: exact(0) };
}
