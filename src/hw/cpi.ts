import type { StepPart } from './profile.ts';

/** CPI-stack buckets in stacking order. Their sum equals elapsed cycles on every core, always. */
export const CPI_BUCKETS = [
  'userBase',
  'userFetch',
  'userTlb',
  'userData',
  'userFrontEnd',
  'kernelBase',
  'kernelFetch',
  'kernelTlb',
  'kernelData',
  'kernelFrontEnd',
  'kernelLock',
  'crossingHardware',
  'crossingSoftware',
  'crossingPageTable',
  'check',
  'scheduler',
  'interrupt',
  'idle',
  'smt',
] as const;
/** Buckets of a core that shares its issue slots with nobody: all but `smt`, waiting for a sibling. */
export const LONE_BUCKETS = CPI_BUCKETS.slice(0, -1);
/** Name of a bucket. */
export type CpiName = (typeof CPI_BUCKETS)[number];

/** Index of each bucket in a core's vector of cycles. */
export const Cpi = Object.fromEntries(CPI_BUCKETS.map((name, index) => [name, index])) as Readonly<
  Record<CpiName, number>
>;

/** Whose work a core is doing: decides the buckets of execution and of its stalls. */
export const Domain = { User: 0, Kernel: 1, Scheduler: 2, Interrupt: 3 } as const;
/** Number of a domain. */
export type Domain = (typeof Domain)[keyof typeof Domain];

/** Causes of execution time; the offset into DOMAIN_BUCKETS of a domain. */
export const Cause = { Base: 0, Fetch: 1, Tlb: 2, Data: 3, FrontEnd: 4, Sibling: 5 } as const;
/** Number of causes. */
export const CAUSES = 6;

// User and kernel work is split by cause, scheduler and interrupt work is kept whole; waiting for the sibling is nobody's work.
const BUCKETS_BY_DOMAIN: readonly (readonly CpiName[])[] = [
  ['userBase', 'userFetch', 'userTlb', 'userData', 'userFrontEnd', 'smt'],
  ['kernelBase', 'kernelFetch', 'kernelTlb', 'kernelData', 'kernelFrontEnd', 'smt'],
  ['scheduler', 'scheduler', 'scheduler', 'scheduler', 'scheduler', 'smt'],
  ['interrupt', 'interrupt', 'interrupt', 'interrupt', 'interrupt', 'smt'],
];
/** Bucket of a domain's work by its cause, at domain * CAUSES + cause. */
export const DOMAIN_BUCKETS = Int32Array.from(BUCKETS_BY_DOMAIN.flat(), (name) => Cpi[name]);

/** Bucket to which a step of a crossing is charged. */
export const PART_BUCKET: Readonly<Record<StepPart, number>> = {
  hardware: Cpi.crossingHardware,
  software: Cpi.crossingSoftware,
  pageTable: Cpi.crossingPageTable,
  check: Cpi.check,
  scheduler: Cpi.scheduler,
  interrupt: Cpi.interrupt,
  path: Cpi.kernelFrontEnd,
};
