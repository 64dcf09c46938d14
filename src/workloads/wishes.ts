import type { TaskSpec, ThreadSpec } from '../kernel/abi.ts';
import { numbersOf, type Params, type ParamSpec } from './workload.ts';

/** What an administrator can say about a thread: `nice` and the rest of its wishes to the scheduler. */
export type Wishes = Pick<ThreadSpec, 'nice' | 'sched'>;

const POLICIES = ['other', 'batch', 'idle', 'fifo', 'rr'] as const satisfies readonly TaskSpec['policy'][];
/** Priority of real-time threads among each other, as chrt(1) has it in its examples. */
const PRIORITY = 10;
/** Period of a quota [ns]. Source: Linux default_cfs_period, 100 ms. */
const PERIOD = 100e6;

const PARAMS = {
  Policy: {
    kind: 'choice',
    default: 'other',
    choices: POLICIES,
    unit: 'none',
    doc: 'Scheduling policy, as of chrt(1)',
  },
  Nice: { kind: 'integer', default: 0, min: -20, max: 19, unit: 'none', doc: 'Nice level' },
  SliceUs: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 100_000,
    unit: 'us',
    doc: 'Slice asked for by sched_setattr, which eevdf grants; 0: its own',
  },
  Weight: {
    kind: 'integer',
    default: 0,
    min: 0,
    max: 10_000,
    unit: 'none',
    doc: 'cpu.weight of a control group of their own; 0: in no group, unless they have a quota',
  },
  QuotaPercent: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 25_600,
    unit: '%',
    doc: 'cpu.max of that group, of one processor in each 100 ms; 0: none',
  },
  Cpus: {
    kind: 'numbers',
    default: '',
    min: 0,
    max: 1023,
    unit: 'none',
    doc: 'Logical CPUs that they may run on, from 0, separated by spaces, as by taskset(1); those that a run lacks do not count; empty: all',
  },
} as const satisfies Readonly<Record<string, ParamSpec>>;

/** Parameters for what the scheduler is told of some threads, named after them: `busyNice` for the prefix `busy`. */
export function wishParams(prefix: string, whose: string): Readonly<Record<string, ParamSpec>> {
  return Object.fromEntries(
    Object.entries(PARAMS).map(([name, spec]) => [prefix + name, { ...spec, doc: `${whose}: ${spec.doc}` }] as const),
  );
}

/** What the parameters of a prefix say; nothing but nice 0 where all are at their defaults. CPUs beyond `cpus` are left out. */
export function wishesOf(params: Params, prefix: string, cpus: number): Wishes {
  const of = (name: keyof typeof PARAMS): number => Number(params[prefix + name]);
  const [weight, quota] = [of('Weight'), (of('QuotaPercent') / 100) * PERIOD];
  const group = { name: prefix, weight: weight || 100, ...(quota > 0 ? { quota, period: PERIOD } : {}) };
  const affinity = cpusOf(String(params[`${prefix}Cpus`]), cpus);
  const sched = {
    policy: params[`${prefix}Policy`] as TaskSpec['policy'],
    priority: PRIORITY,
    slice: of('SliceUs') * 1000,
    ...(affinity.length > 0 ? { affinity } : {}),
    ...(weight > 0 || quota > 0 ? { group } : {}),
  };
  return { nice: of('Nice'), sched };
}

function cpusOf(text: string, cpus: number): readonly number[] {
  return numbersOf(text).filter((cpu) => Number.isInteger(cpu) && cpu < cpus);
}
