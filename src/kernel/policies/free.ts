import { CROSSINGS, type CrossingName, type CrossingPlan, type Policy } from '../policy.ts';
import { baseline } from './baseline.ts';

const nothing: CrossingPlan = { cpl3: [], cpl0: [] };

/** Crossings cost nothing and page tables are never split: the upper bound that no policy may beat. Kernel paths still run. */
export const free: Policy = {
  ...baseline,
  name: 'free',
  doc: 'Crossings cost nothing: the upper bound of what any policy could gain',
  splitsTables: false,
  crossings: Object.fromEntries(CROSSINGS.map((name) => [name, nothing])) as Record<CrossingName, CrossingPlan>,
};
