import type { TlbSpec } from '../../hw/profile.ts';
import { curveOf } from './caches.ts';
import { nearestSets } from './hostcaches.ts';
import { digits, measuredLeaf, type Derived, type Origin } from './origin.ts';
import { shapeOf, type CurvePoint, type Plateau } from './plateaus.ts';
import { medianOf, type Readings } from './readings.ts';

/** A reach within these factors of what the base profile has confirms it: the probe's steps are 1.13 to 1.25. */
const CONFIRMS = [0.6, 1.5] as const;

/**
 * Time of a load by the number of pages it goes round, one line of each page: what it takes beyond a load from as many lines that lie
 * together, which has the same misses of caches, plus a load that hits everywhere.
 */
function pageCurve(readings: Readings): CurvePoint[] {
  const dense = new Map(curveOf(readings, 'dense_4k').map(({ size, ns }) => [size, ns]));
  const hit = hitNs([...dense.values()]);
  return curveOf(readings, 'sparse_4k')
    .filter(({ size }) => dense.has(size))
    .map(({ size, ns }) => ({ size, ns: Math.max(hit, hit + ns - dense.get(size)!) }));
}

/** A load that hits everywhere: the median of the five smallest sets. */
function hitNs(dense: readonly number[]): number {
  return medianOf(dense.slice(0, 5).toSorted((a, b) => a - b));
}

/** Reach of the data TLBs for small pages and the latency of the second level, from where the page curve leaves its plateaus. */
export function deriveTlbs(origin: Origin): Derived {
  const { plateaus, knees } = shapeOf(pageCurve(origin.readings));
  const [first, second] = knees;
  const fields: Record<string, unknown> = {};
  if (first === undefined) return { fields, notes: ['no TLB reach was found in the curve of pages'] };
  Object.assign(fields, tlbFields(origin, 'dtlb', first));
  // One knee alone may lead to the second level or straight to the page walk: that level stays as in the base profile.
  if (second === undefined || plateaus.length < 2)
    return { fields, notes: ['the curve of pages shows one level of TLB; the second is left as in the base profile'] };
  const hit = measuredLeaf(
    origin,
    extraCycles(origin, plateaus[1]),
    'seen',
    (spread) =>
      `${digits(spread.value)} cycles over a load that hits, in ${plateaus[1].from} to ${plateaus[1].to} pages`,
  );
  return {
    fields: { ...fields, ...tlbFields(origin, 'stlb', second), ...(hit === undefined ? {} : { 'stlb.hit': hit }) },
    notes: [],
  };
}

/** Cycles in each run that a plateau takes beyond as many lines that lie together. */
function extraCycles({ readings, gigahertz }: Origin, { from, to }: Plateau): number[] {
  return [...gigahertz].flatMap(([run, ghz]) => {
    const own = readings.readings.filter((r) => r.run === run && r.param >= from && r.param <= to);
    const dense = new Map(own.filter((r) => r.name === 'dense_4k').map((r) => [r.param, r.value]));
    const extra = own
      .filter((r) => r.name === 'sparse_4k' && dense.has(r.param))
      .map((r) => r.value - dense.get(r.param)!);
    return extra.length === 0 ? [] : [Math.max(0, medianOf(extra.toSorted((a, b) => a - b)) * ghz)];
  });
}

/** Entries as in the base profile where the reach agrees with them; else as many as it shows, in the ways of the base profile. */
function tlbFields(origin: Origin, name: 'dtlb' | 'stlb', reach: number): Record<string, unknown> {
  const spec = origin.base[name];
  const ratio = reach / spec.entries;
  const agrees = ratio >= CONFIRMS[0] && ratio <= CONFIRMS[1];
  const { entries, ways } = agrees ? spec : entriesFor(spec, reach);
  const compared = agrees
    ? `which agrees with the ${spec.entries} entries of ${origin.base.name}`
    : `not the ${spec.entries} entries of ${origin.base.name}`;
  const source = `${origin.text}: latency rises at ${Math.round(reach)} pages, ${compared}`;
  return { [`${name}.entries`]: entries, [`${name}.ways`]: ways, [`${name}.source`]: source };
}

function entriesFor({ entries, ways }: TlbSpec, reach: number): { entries: number; ways: number } {
  if (entries === ways) return { entries: Math.round(reach), ways: Math.round(reach) };
  return { entries: nearestSets(reach / ways) * ways, ways };
}
