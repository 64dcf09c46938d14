import { describe, expect, it } from 'vitest';
import { policies } from '../../src/kernel/policies/index.ts';
import { cli } from './fakecontext.ts';

const json = (out: string): any => JSON.parse(out);

async function show(name: string, ...options: string[]): Promise<any> {
  return json((await cli('policy', 'show', name, '--json', ...options)).out);
}

/** Switches of page tables in a stock call and its return. */
async function tableSwitches(...options: string[]): Promise<number> {
  const { crossings } = await show('baseline', ...options);
  const calls = crossings.filter((row: any) => row.crossing.startsWith('syscall') && row.cpl === 3);
  return calls.flatMap((row: any) => row.steps).filter((step: string) => step === 'cr3Write').length;
}

describe('ringsim policy list', () => {
  it('names every policy with the cycles of a call on a machine: 582 for the baseline with KPTI on skylake-sp, 20 for kernelmode', async () => {
    const { code, out } = await cli('policy', 'list', '--json');
    const calls = Object.fromEntries(json(out).map((row: any) => [row.name, row.callCyclesKpti]));

    expect(code).toBe(0);
    expect(Object.keys(calls)).toEqual(Object.keys(policies));
    expect(calls).toMatchObject({ baseline: 582, kernelmode: 20, free: 0 });
  });
});

describe('ringsim policy show', () => {
  it('shows every step of the crossings on a machine: 2 page-table switches of a stock call with KPTI, none without', async () => {
    expect([await tableSwitches(), await tableSwitches('--no-kpti')]).toEqual([2, 0]);
  });

  it('lists 21 mechanisms in force for bypage-hardened, 20 without SFI, and what each adds', async () => {
    expect((await show('bypage-hardened')).mechanisms).toHaveLength(21);
    expect((await show('bypage-hardened-SFI')).mechanisms).toHaveLength(20);
    expect((await show('bypage+KFRAME')).mechanisms[0].price).toContain('trustEnter: kernelFrame');
  });

  it('says by what wild native code takes the machine down: by heap and stack under bypage, by nothing when hardened', async () => {
    expect((await show('bypage')).reach.machine).toEqual(['managedHeap', 'otherStack']);
    expect((await show('bypage-hardened')).reach.machine).toEqual([]);
  });

  it('names a worked example, and shows the steps of each crossing with their cycles in words too', async () => {
    const { out } = await cli('policy', 'show', 'bypage-hardened');

    const { crossings } = await show('bypage-hardened');
    for (const { cycles, stepCycles } of crossings)
      expect(stepCycles.reduce((sum: number, step: number) => sum + step, 0)).toBe(cycles);
    expect((await show('io_uring-sqpoll')).example).toBe('experiments/policies/rings.yaml');
    expect(out).toContain('Worked example:  ringsim sweep experiments/policies/bypage.yaml');
    expect(out).toMatch(/trustEnter +CPL 3 +\d+ +syscallInstr \d+ \+ swapgs \d+ \+/);
  });

  it('says which name was meant', async () => {
    const { code, err } = await cli('policy', 'show', 'bypage-hardenet');
    expect([code, err]).toEqual([2, expect.stringContaining('did you mean bypage-hardened')]);
    expect((await cli('policy', 'show', 'bypage+SFY')).err).toContain('did you mean +SFI');
  });
});

describe('ringsim policy diff', () => {
  it('names the fields and steps in which two policies differ, and nothing of a policy and itself', async () => {
    const { differences } = json((await cli('policy', 'diff', 'kernelmode', 'kernelmode+gate', '--json')).out);

    expect(differences.map((row: any) => row.path)).toEqual([
      'mechanisms',
      'syscallEnter at CPL 0',
      'syscallExit at CPL 0',
      'userCopy at CPL 0',
    ]);
    expect((await cli('policy', 'diff', 'free', 'free')).out).toContain('differ in nothing but words');
  });
});
