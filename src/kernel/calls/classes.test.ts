import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys } from '../../../test/model/toysystem.ts';
import { KERNEL_WORK, type KernelClass } from '../../hw/kernelwork.ts';
import { checkProfile } from '../../hw/checkprofile.ts';
import { sourced } from '../../hw/profile.ts';
import { machines } from '../../hw/profiles/index.ts';
import { toy } from '../../hw/profiles/toy.ts';
import { CALLS, type CallName } from '../abi.ts';
import { lengthOf, shareOf } from './classes.ts';
import { PATH_FOOTPRINTS, type PathName } from './paths.ts';
import { CALL_TABLE } from './table.ts';

const HALF = sourced(0.5, [0.1, 1], 'assumed', 'for this test');
const CLASSES = Object.keys(KERNEL_WORK) as KernelClass[];

/** Instructions that a machine retires for calls, with and without the kernel half as long in a class. */
function saved(kind: KernelClass, calls: readonly CallName[]): number {
  const [long, short] = [toy, { ...toy, kernelWork: { [kind]: HALF } }].map((profile) => {
    const program = processOf([
      function* (env) {
        for (const name of calls) yield* sys(env, name, 1);
      },
    ]);
    const { engine, machine } = bootToy([program], { profile });
    engine.runUntil(900_000);
    return machine.cores[0].instructions;
  });
  return long - short;
}

/** Instructions of calls and paths of which half is left. */
function halfOf(calls: readonly CallName[], paths: readonly PathName[]): number {
  const whole = [...calls.map((name) => CALL_TABLE[name].footprint), ...paths.map((name) => PATH_FOOTPRINTS[name])];
  return whole.reduce((sum, { instructions: { value } }) => sum + value - Math.round(value / 2), 0);
}

describe('a kernel that executes half of the paths of a class', () => {
  it('retires half the instructions of a signal: to send, deliver and return from it', () => {
    const calls = ['tgkill', 'rt_sigreturn'] as const;
    expect(saved('signals', calls)).toBe(halfOf(calls, ['signalDeliver']));
  });

  it('saves nothing of calls of other classes, and nothing of calls of none', () => {
    expect(saved('process', ['tgkill', 'getpid', 'umask'])).toBe(0);
    expect(saved('network', ['tgkill', 'getpid', 'umask'])).toBe(0);
    expect(saved('identity', ['tgkill', 'membarrier', 'getrandom'])).toBe(0);
  });

  it.each<readonly [KernelClass, readonly CallName[]]>([
    ['identity', ['getpid', 'umask']],
    ['files', ['lseek', 'fstat']],
    ['paths', ['newfstatat', 'statx']],
    ['ipc', ['futex_wake']],
    ['time', ['clock_gettime', 'gettimeofday']],
  ])('retires half the instructions of calls of the class %s', (kind, calls) => {
    expect(saved(kind, calls)).toBe(halfOf(calls, []));
  });
});

describe('a kernel whose paths of a class are longer', () => {
  it('retires 1.5 times their instructions, within the range that they had, stretched', () => {
    const { instructions } = CALL_TABLE.fstat.footprint;
    const longer = sourced(1.5, [1, 2], 'assumed', 'for this test');
    const { value, range } = lengthOf(CALL_TABLE.fstat.footprint, longer).instructions;
    expect(value).toBe(Math.round(instructions.value * 1.5));
    expect(range[1]).toBe(Math.ceil(instructions.range[1] * 1.5));
  });
});

describe('classes of kernel paths', () => {
  it('have each at least 3 members', () => {
    const names = [...CALLS, ...(Object.keys(PATH_FOOTPRINTS) as PathName[])];
    for (const kind of CLASSES)
      expect(names.filter((name) => shareOf({ [kind]: HALF }, name) !== undefined).length).toBeGreaterThanOrEqual(3);
  });

  it('of a machine are checked by name and range', () => {
    const wrong = { ...toy, kernelWork: { proces: HALF, signals: { ...HALF, value: 2 } } };
    expect(checkProfile(wrong as never).map(({ path }) => path)).toEqual(['kernelWork.proces', 'kernelWork.signals']);
  });

  it('are not those of today on machines of 2004 and 2005, but for ids on one of 2010, and where kernels of about 2017 run', () => {
    const old = Object.values(machines).filter(({ kernelWork }) => kernelWork !== undefined);
    expect(old.map(({ name }) => name).sort()).toEqual(
      'athlon64 haswell haswell-2018 nehalem northwood northwood-2.4 northwood-2.5.52 northwood-int80 opteron-k8 prescott prescott-64 sandybridge-2012 sandybridge-ep skylake-sp-2017'.split(
        ' ',
      ),
    );
  });
});
