import * as z from 'zod';
import { SCHEDULER_NAMES } from '../kernel/sched/index.ts';
import { PREEMPTION_NAMES } from '../kernel/sched/preemption.ts';
import type { Scalar } from '../archive/rows.ts';
import { TIME_PATTERN } from './time.ts';

const TIME_FORM = 'expected a time such as 500us, 20ms or 1s';
const time = z.string(TIME_FORM).regex(TIME_PATTERN, TIME_FORM);

/** A value a factor level, a workload parameter or an override may have. */
export const scalarSchema = z.union([z.number(), z.string(), z.boolean()]);

/** The settings every run has, with the form of their values; `base` holds one of each, `vary` lists of levels. */
export const SETTINGS = {
  machine: z.string().min(1).describe('machine profile'),
  cores: z.int().min(1).describe('cores of the machine that the server may use'),
  smt: z.boolean().describe('both hardware threads of each core, as two logical CPUs'),
  kpti: z.boolean().describe('separate user and kernel page tables'),
  mitigations: z.boolean().describe("the profile's speculative-execution mitigations on entry and exit"),
  policy: z.string().min(1).describe('isolation policy'),
  scheduler: z.enum(SCHEDULER_NAMES).describe('scheduler of the kernel'),
  preemption: z.enum(PREEMPTION_NAMES).describe('where kernel code, and user code at CPL 0, may lose its core'),
  workload: z.string().min(1).describe('what the server does'),
  warmup: time.describe('simulated time that is cut from the statistics'),
  measure: time.describe('simulated time that is measured'),
  syncWindow: z
    .int()
    .min(0)
    .describe(
      'cycles a core may run ahead of the engine; of more than 8 CPUs, groups of 8 by 16 times as many; 0 is the exact reference',
    ),
  fidelity: z.enum(['exact', 'interval']).describe('caches: every access, or a sample of them for long runs'),
} as const;

/** Name of a setting. */
export type SettingName = keyof typeof SETTINGS;
/** Names of all settings, in the order of their list. */
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** Values of settings that a study leaves out; machine and workload have none, and `smt` is off, which needs no mention. */
export const DEFAULTS: Readonly<Partial<Record<SettingName, Scalar>>> = {
  cores: 1,
  kpti: true,
  mitigations: true,
  policy: 'baseline',
  scheduler: 'eevdf',
  preemption: 'full',
  warmup: '20ms',
  measure: '100ms',
  syncWindow: 1000,
  fidelity: 'exact',
};

/** Prefix of the names of workload parameters among settings, as in `params.connections`. */
export const PARAMS = 'params.';
/** Prefix of the names of overridden profile numbers among settings, as in `profile.cost.cr3Write`. */
export const PROFILE = 'profile.';

/** True for a setting every run has; parameters and profile numbers have prefixed names instead. */
export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

/** Paths of a study at which the setting `name` stands in `base`: `params.x` is `base.params.x`. */
export function basePath(name: string): readonly string[] {
  for (const prefix of [PARAMS, PROFILE]) {
    if (name.startsWith(prefix)) return ['base', prefix.slice(0, -1), name.slice(prefix.length)];
  }
  return ['base', name];
}
