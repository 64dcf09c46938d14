import { canonicalJson } from '../archive/canonical.ts';
import type { PlanRow, Scalar } from '../archive/rows.ts';
import type { Study } from './study.ts';

type Levels = Readonly<Record<string, Scalar>>;

/** Factors that change together with the compared one: itself and what it is zipped with; none without a comparison. */
function comparedFactors(study: Pick<Study, 'compare' | 'zip'>): readonly string[] {
  const factor = study.compare?.factor;
  if (factor === undefined) return [];
  return study.zip.find((group) => group.includes(factor)) ?? [factor];
}

/** Key of the measurements that are compared with each other: equal levels of all other factors. Without a comparison, each its own. */
export function comparisonKey(study: Pick<Study, 'compare' | 'zip'>, itervars: Levels): string {
  const compared = comparedFactors(study);
  return canonicalJson(Object.entries(itervars).filter(([name]) => !compared.includes(name)));
}

/** True for a measurement at the level that others are compared to. */
export function isBaseline(study: Pick<Study, 'compare'>, itervars: Levels): boolean {
  return study.compare !== undefined && itervars[study.compare.factor] === study.compare.to;
}

/** Values by key in the order of their first appearance. */
export function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

/** Rows in the order of a plan: as the study lists its measurements, replications ascending. */
export function planOrder(rows: readonly PlanRow[], names: readonly string[]): PlanRow[] {
  const rank = new Map(names.map((name, i) => [name, i]));
  return rows.toSorted(
    (a, b) => rank.get(a.measurement)! - rank.get(b.measurement)! || a.spec.replication - b.spec.replication,
  );
}
