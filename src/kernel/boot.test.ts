import { describe, expect, it } from 'vitest';
import { bootToy, FUNCTIONS, processOf, work, type ProcessOptions } from '../../test/model/toysystem.ts';
import { KERNEL_PAGES, KERNEL_VPN, PageFlag } from '../hw/pagetable.ts';
import { policies } from './policies/index.ts';

const NAMES = Object.keys(policies);
const FLAGS = Object.entries(PageFlag);
const LAST_VPN = 64;

/** Flags of every page of the test process that is present, first to last. */
function userPages(policy: string, options: ProcessOptions = {}): string[][] {
  const [{ table }] = bootToy([processOf([], options)], { policy: policies[policy] }).processes;
  const entries = Array.from({ length: LAST_VPN }, (_, vpn) => table.entry(vpn)).filter((entry) => entry !== 0);
  return entries.map((entry) => FLAGS.filter(([, bit]) => (entry & bit) !== 0).map(([name]) => name));
}

const CODE = ['Present'];
const TRUSTED = ['Present', 'KernelTrust'];
const DATA = ['Present', 'Write', 'NoExec'];

describe('the pages of a process: native code, JIT output, two of data', () => {
  it.each(NAMES)('are never KERNELTRUST and writable at once, nor writable and executable, under %s', (policy) => {
    for (const flags of userPages(policy)) {
      expect(flags).not.toEqual(expect.arrayContaining(['KernelTrust', 'Write']));
      if (!flags.includes('NoExec')) expect(flags).not.toContain('Write');
    }
  });

  it.each(NAMES)(
    'are KERNELTRUST under %s exactly if it trusts verified code, and then the JIT output alone',
    (policy) => {
      const trusts = policies[policy].trustsVerifiedCode;

      expect(userPages(policy)).toEqual([CODE, trusts ? TRUSTED : CODE, DATA, DATA]);
    },
  );

  it('of an untrusted process are never KERNELTRUST, under bypage either', () => {
    expect(userPages('bypage', { isTrusted: false })).toEqual([CODE, CODE, DATA, DATA]);
  });

  it('trust follows bypage and what is built on it, and no other policy', () => {
    expect(NAMES.filter((policy) => policies[policy].trustsVerifiedCode)).toEqual([
      ...(['bypage-l0', 'bypage', 'bypage-hardened', 'bypage-hardened-minimal'] as const),
    ]);
  });
});

describe('the kernel half', () => {
  it.each([
    [['kpti'], 0],
    [[], PageFlag.Global],
  ] as const)(
    'is mapped in large pages, text read-only, data not executable; with features %j its global flag is %i',
    (features, global) => {
      const { machine } = bootToy([processOf([])], { features });
      const entries = Array.from({ length: KERNEL_PAGES }, (_, page) => machine.kernelTable.entry(KERNEL_VPN + page));

      const both = PageFlag.Write | PageFlag.NoExec;
      expect(entries.every((entry) => (entry & PageFlag.Large) !== 0)).toBe(true);
      expect(entries.every((entry) => (entry & PageFlag.Global) === global)).toBe(true);
      expect(entries.every((entry) => (entry & both) === 0 || (entry & both) === both)).toBe(true);
      expect(entries.some((entry) => (entry & PageFlag.KernelTrust) !== 0)).toBe(false);
    },
  );
});

describe('processes', () => {
  it('have two TLB tags each under KPTI, one without, none of them shared or global', () => {
    const split = bootToy([processOf([]), processOf([])]).processes;
    const shared = bootToy([processOf([]), processOf([])], { features: [] }).processes;
    const tags = split.flatMap(({ userTag, kernelTag }) => [userTag, kernelTag]);

    expect(new Set(tags).size).toBe(4);
    expect(Math.min(...tags)).toBeGreaterThan(0);
    expect(shared.map(({ userTag, kernelTag }) => userTag - kernelTag)).toEqual([0, 0]);
    expect(new Set(shared.map(({ userTag }) => userTag)).size).toBe(2);
  });

  it('get the capabilities of the policy only if they are trusted', () => {
    const authorities = ['baseline', 'kernelmode', 'bypage'].map((policy) =>
      bootToy([processOf([]), processOf([], { isTrusted: false })], { policy: policies[policy] }).processes.map(
        ({ authority }) => authority,
      ),
    );

    expect(authorities).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
  });

  it('know the provenance of their functions: JIT output is verified, native code is not', () => {
    const [{ functions }] = bootToy([processOf([])]).processes;

    expect(functions.map(({ name, isVerified }) => [name, isVerified])).toEqual(
      FUNCTIONS.map(({ name, region }) => [name, region === 'jit']),
    );
  });

  it('that name a region or function they do not have are our bug, which names what they have', () => {
    const lost = { name: 'lost', region: 'heap', attribute: 'UseCallersMode', declared: false } as const;
    expect(() => bootToy([processOf([], { functions: [lost] })])).toThrow(
      'process test has no region heap; it has native, jit, data',
    );
    expect(() => bootToy([processOf([(env) => work(env, 'native', env.functionOf('main'))])])).toThrow(
      'process test has no function main',
    );
  });
});
