import { describe, expect, it } from 'vitest';
import { bootToy, enter, leave, processOf, sys, work, type ToySystem } from '../../test/model/toysystem.ts';
import { frameOf, PageFlag } from '../hw/pagetable.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';
import { Op, type Program, type ThreadEnv } from './abi.ts';
import { findPolicy } from './policies/find.ts';

const PARTS = ['copy', 'verify', 'shootdown', 'serialise'] as const;
const MS = 1e6;

/** Reserves pages and writes them, as a compiler does. */
function* compile(env: ThreadEnv, pages: number): Generator<void, number, number> {
  const first = yield* sys(env, 'mmap', pages);
  env.stream.push(Op.Store, first * LINES_PER_PAGE, pages * LINES_PER_PAGE, 0);
  yield;
  return first;
}

/** Runs code of a page. */
function* run(env: ThreadEnv, page: number): Generator<void, void, number> {
  env.stream.push(Op.Execute, page * LINES_PER_PAGE, 1, 100);
  yield;
}

interface Options {
  readonly policy?: string;
  readonly cores?: number;
  readonly others?: readonly Program[];
  readonly isTrusted?: boolean;
}

/** Runs a program from JIT code that has entered kernel mode as far as its policy allows. */
function play(body: (env: ThreadEnv, system: ToySystem) => Generator<void, void, number>, options: Options = {}) {
  const { policy = 'bypage-hardened', cores = 1, others = [], isTrusted = true } = options;
  let system: ToySystem | undefined = undefined;
  const program: Program = function* (env) {
    yield* enter(env, 'jitAlwaysKernelMode');
    yield* work(env, 'jit', 10);
    yield* body(env, system!);
    yield* leave(env);
  };
  system = bootToy([processOf([program, ...others], { isTrusted })], { policy: findPolicy(policy)!, cores });
  system.engine.runUntil(20 * MS);
  return system;
}

/** Result of publishing pages, and where its time went. */
function published(pages: number, options: Options & { readonly refused?: number } = {}) {
  let result = NaN;
  let first = 0;
  let before = NaN;
  const system = play(function* (env, { processes }) {
    first = yield* compile(env, pages);
    before = frameOf(processes[0].table.entry(first));
    yield* work(env, 'jit', 200_000);
    result = yield* sys(env, 'publish', first, pages, options.refused ?? 0);
  }, options);
  const cycles = Object.fromEntries(PARTS.map((part) => [part, system.value(`publish.cycles.${part}`)]));
  const entries = Array.from({ length: pages }, (_, i) => system.processes[0].table.entry(first + i));
  return { result, cycles, entries, before, value: system.value };
}

const TRUSTED = PageFlag.Present | PageFlag.KernelTrust;
const flagsOf = (entry: number): number => entry & 63;

describe('a page that is published', () => {
  it('is trusted, read-only and executable, and counted; its bytes lie in a frame that the program never had', () => {
    const { result, entries, before, value } = published(3);
    expect(result).toBe(0);
    expect(entries.map(flagsOf)).toEqual([TRUSTED, TRUSTED, TRUSTED]);
    expect(value('publish.pages')).toBe(3);
    expect(frameOf(entries[0])).not.toBe(before);
    const inPlace = published(1, { policy: 'bypage-hardened-ALIAS' });
    expect(frameOf(inPlace.entries[0])).toBe(inPlace.before);
  });

  it.each(['bypage-hardened', 'bypage'])(
    'may run at CPL 0 under %s, and after unpublish a thread there loses its mode or its life',
    (policy) => {
      const cpls: number[] = [];
      const system = play(
        function* (env, { machine }) {
          const page = yield* compile(env, 1);
          yield* sys(env, 'publish', page, 1);
          yield* run(env, page);
          cpls.push(machine.cores[0].cpl);
          yield* work(env, 'jit', 10);
          yield* sys(env, 'unpublish', page, 1);
          yield* run(env, page);
          cpls.push(machine.cores[0].cpl);
        },
        { policy },
      );
      // SMEPT makes the fetch itself fault, which no handler takes; the literal reading demotes.
      const isKilled = policy === 'bypage-hardened';
      expect(cpls).toEqual(isKilled ? [0] : [0, 3]);
      expect(system.value('semantics.transitions.killed')).toBe(isKilled ? 1 : 0);
      expect(system.value('semantics.transitions.drop')).toBe(isKilled ? 0 : 1);
    },
  );

  it('can be written again after unpublish, and its kernel frame is the one that the next page gets', () => {
    const frames: number[] = [];
    play(function* (env, system) {
      const page = yield* compile(env, 1);
      for (let i = 0; i < 2; i++) {
        yield* sys(env, 'publish', page, 1);
        frames.push(frameOf(system.processes[0].table.entry(page)));
        yield* sys(env, 'unpublish', page, 1);
        env.stream.push(Op.Store, page * LINES_PER_PAGE, 1, 0);
        yield;
      }
      frames.push(frameOf(system.processes[0].table.entry(page)));
    });
    expect(frames[1]).toBe(frames[0]);
    expect(frames[2]).not.toBe(frames[0]);
  });

  it('refuses to become writable (EPERM sealed, EACCES in the literal reading) or to go away while it is sealed', () => {
    const results: number[] = [];
    for (const policy of ['bypage-hardened', 'bypage-hardened-SEAL', 'bypage'])
      play(
        function* (env) {
          const page = yield* compile(env, 1);
          yield* sys(env, 'publish', page, 1);
          results.push(yield* sys(env, 'mprotect', page, 1, 1), yield* sys(env, 'munmap', page, 1));
        },
        { policy },
      );
    expect(results).toEqual([-1, -1, -13, 0, -13, 0]);
  });
});

/** A thread that only computes, beyond the end of the run's measurements. */
const busy: Program = (env) => work(env, 'native', 10 * MS);

describe('the time that publishing takes', () => {
  it('grows with pages: 16 more add to copy and verifier twice what 8 more do, within 10 %', () => {
    const [eight, sixteen, more] = [8, 16, 32].map((pages) => published(pages).cycles);
    for (const part of ['copy', 'verify']) {
      expect(sixteen[part]).toBeGreaterThan(1.5 * eight[part]);
      expect(Math.abs((more[part] - sixteen[part]) / 2 / (sixteen[part] - eight[part]) - 1)).toBeLessThan(0.1);
    }
  });

  it('copies no faster than 16 bytes a cycle', () => {
    expect(published(8).cycles['copy']).toBeGreaterThan((8 * 4096) / 16);
  });

  it('grows with the cores that run the process, in shootdown and serialisation, which 4 cores make longer than 2', () => {
    const [one, two, four] = [1, 2, 4].map(
      (cores) => published(1, { cores, others: Array.from({ length: cores - 1 }, () => busy) }).cycles,
    );
    for (const part of ['shootdown', 'serialise']) {
      expect(two[part]).toBeGreaterThan(2 * one[part]);
      expect(four[part]).toBeGreaterThan(two[part]);
    }
  });

  it('has no copy without ALIAS, no verifier without VPUB, no serialisation without SHOOT', () => {
    const { copy, verify, serialise, shootdown } = published(1, { policy: 'bypage' }).cycles;
    expect([copy, verify, serialise]).toEqual([0, 0, 0]);
    expect(shootdown).toBeGreaterThan(0);
  });
});

describe('publish is refused, and changes nothing,', () => {
  it.each([
    ['bypage-hardened', { refused: 1 }, -22, 'EINVAL'],
    ['baseline', {}, -1, 'EPERM'],
    ['bypage-hardened', { isTrusted: false }, -1, 'EPERM'],
  ] as const)('under %s with %j by %i (%s)', (policy, options, errno, name) => {
    const { result, entries, value } = published(2, { policy, ...options });
    expect(result).toBe(errno);
    expect(entries.map((entry) => entry & (PageFlag.Write | PageFlag.KernelTrust))).toEqual([2, 2]);
    expect(value('publish.pages')).toBe(0);
    expect(value(`publish.refused.${name}`)).toBe(1);
  });

  it('by EINVAL only after bytes were copied and read; by EPERM before', () => {
    const refused = published(2, { refused: 1 }).cycles;
    expect(refused['verify']).toBe(published(2).cycles['verify']);
    expect(refused['shootdown']).toBe(0);
    expect(published(2, { isTrusted: false }).cycles).toEqual({ copy: 0, verify: 0, shootdown: 0, serialise: 0 });
  });

  it('by EACCES from native code at CPL 3 in the literal reading, by ENOMEM beyond the memory of the process', () => {
    const results: number[] = [];
    const native: Program = function* (env) {
      const page = yield* compile(env, 1);
      results.push(yield* sys(env, 'publish', page, 1));
      results.push(yield* sys(env, 'publish', page + 100, 1));
      results.push(yield* sys(env, 'unpublish', page, 1));
    };
    bootToy([processOf([native])], { policy: findPolicy('bypage')! }).engine.runUntil(MS);
    expect(results).toEqual([-13, -12, -22]);
  });

  it('and bytes that no verifier accepts are trusted without VPUB, which breaks I10', () => {
    const { result, value } = published(1, { policy: 'bypage', refused: 1 });
    expect(result).toBe(0);
    expect(value('semantics.violations.I10')).toBe(1);
  });
});

describe('unpublish', () => {
  it('is EBUSY under SHOOT while another thread runs the page at CPL 0, and 0 in the literal reading', () => {
    const results = ['bypage-hardened', 'bypage'].map((policy) => {
      let result = NaN;
      let page = 0;
      const other: Program = function* (env) {
        yield* enter(env, 'jitAlwaysKernelMode');
        yield* work(env, 'jit', MS);
        env.stream.push(Op.Execute, page * LINES_PER_PAGE, 1, 10 * MS);
        yield;
      };
      play(
        function* (env) {
          page = yield* compile(env, 1);
          yield* sys(env, 'publish', page, 1);
          yield* work(env, 'jit', 3 * MS);
          result = yield* sys(env, 'unpublish', page, 1);
        },
        { policy, cores: 2, others: [other] },
      );
      return result;
    });
    expect(results).toEqual([-16, 0]);
  });
});
