/** A part of a request's cycles as the figure shows it: a colour and the simulator's buckets that it sums. */
export interface BucketGroup {
  readonly label: string;
  readonly colour: string;
  readonly buckets: readonly string[];
}

/**
 * Parts of a request's cycles in stacking order. Hues keep the families together (blue user, green kernel, orange
 * crossing); dark and light alternate so that neighbours stay apart in grey. Stalls are shown apart from execution
 * because they hold the indirect cost of a crossing, which no policy removes.
 */
const bucketGroups: readonly BucketGroup[] = [
  { label: 'user execution', colour: '#0072B2', buckets: ['userBase'] },
  { label: 'user stalls', colour: '#A6D5F2', buckets: ['userFetch', 'userTlb', 'userData', 'userFrontEnd'] },
  { label: 'kernel execution', colour: '#00694D', buckets: ['kernelBase'] },
  {
    label: 'kernel stalls',
    colour: '#A3DBC8',
    buckets: ['kernelFetch', 'kernelTlb', 'kernelData', 'kernelFrontEnd', 'kernelLock'],
  },
  { label: 'crossing, hardware', colour: '#B34700', buckets: ['crossingHardware'] },
  { label: 'crossing, software', colour: '#F5B041', buckets: ['crossingSoftware'] },
  { label: 'crossing, page tables', colour: '#6B2500', buckets: ['crossingPageTable'] },
  { label: 'rights check', colour: '#F0E442', buckets: ['check'] },
  { label: 'interrupts, scheduler', colour: '#CC79A7', buckets: ['interrupt', 'scheduler', 'shootdown'] },
  { label: 'waiting for the sibling', colour: '#999999', buckets: ['smt'] },
  { label: 'idle', colour: '#F2F2F2', buckets: ['idle'] },
];

/** Colours of buckets that the table does not name, lightest last. */
const spareColours = ['#4D4D4D', '#C8C8C8', '#7F7F7F', '#E0E0E0'] as const;

/** The groups that hold at least one of the buckets, in stacking order; unknown buckets become groups of their own at the end. */
export function groupsFor(buckets: readonly string[]): BucketGroup[] {
  const known = new Set(bucketGroups.flatMap((group) => group.buckets));
  const unknown = buckets.filter((bucket) => !known.has(bucket));
  return [
    ...bucketGroups.filter((group) => group.buckets.some((bucket) => buckets.includes(bucket))),
    ...unknown.map((name, i) => ({ label: name, colour: spareColours[i % spareColours.length], buckets: [name] })),
  ];
}
