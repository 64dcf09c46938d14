import { absentCache } from '../../hw/absent.ts';
import type { Sourced } from '../../hw/profile.ts';
import { bytesText } from '../machines/machinetable.ts';
import { dataCache, fittingGeometry, reportedCaches, type Geometry, type ReportedCache } from './hostcaches.ts';
import { digits, measuredLeaf, type Derived, type Origin } from './origin.ts';
import { shapeOf, type CurvePoint, type CurveShape, type Plateau } from './plateaus.ts';
import { medianOf, type Readings } from './readings.ts';

const LEVELS = ['l1d', 'l2', 'llc'] as const;
type Level = (typeof LEVELS)[number];

/** A knee within these factors of what the kernel reports confirms it: scattered frames and a busy sibling bring a knee forward. */
const CONFIRMS = [0.45, 1.6] as const;
/** A knee further away than this factor is of another level, when there are fewer knees than levels. */
const OTHER_LEVEL = 4;

/** Points of a curve over all runs: the fastest run at each size, since other work on the host only slows. */
export function curveOf({ readings }: Readings, name: string): CurvePoint[] {
  const bySize = new Map<number, number[]>();
  for (const { name: own, param, value } of readings)
    if (own === name) bySize.set(param, [...(bySize.get(param) ?? []), value]);
  return [...bySize].map(([size, values]) => ({ size, ns: Math.min(...values) })).toSorted((a, b) => a.size - b.size);
}

/** Sizes and latencies of the data caches and of memory, from the curve of chased pointers and what the kernel reports. */
export function deriveCaches(origin: Origin): Derived {
  const hasLarge = origin.readings.readings.some((reading) => reading.name === 'chase_2m');
  const name = hasLarge ? 'chase_2m' : 'chase_4k';
  const curve = curveOf(origin.readings, name);
  const shape = shapeOf(curve);
  const reported = reportedCaches(origin.readings);
  const caches = LEVELS.map((_, i) => dataCache(reported, i + 1));
  const knees = assignKnees(caches, shape, curve.at(-1)?.size ?? 0);
  const fields: Record<string, unknown> = instructionCache(origin, reported);
  const notes: string[] = hasLarge ? [] : ['latencies were taken with 4 KiB pages and contain TLB misses'];
  if (reported.length > 0 && caches[2] === undefined) fields['llc'] = absentCache(origin.base.l2);
  LEVELS.forEach((level, i) => deriveLevel(origin, { level, cache: caches[i], knee: knees[i] }, fields, notes));
  const ends = LEVELS.map((_, i) => knees[i] ?? caches[i]?.sizeBytes);
  deriveLatencies(origin, name, shape, ends, fields);
  return { fields, notes };
}

/**
 * For each level the size at which the curve leaves it. As many knees as levels go in order. With fewer or more of them, the last knee ends
 * the last level if the curve goes well beyond it, and the others belong to the level they are nearest to.
 */
function assignKnees(
  caches: readonly (ReportedCache | undefined)[],
  { knees, plateaus }: CurveShape,
  largest: number,
): (number | undefined)[] {
  const levels = caches.flatMap((cache, i) => (cache === undefined ? [] : [i]));
  if (levels.length === 0) return LEVELS.map((_, i) => knees[i]);
  if (levels.length === knees.length)
    return LEVELS.map((_, i) => (levels.includes(i) ? knees[levels.indexOf(i)] : undefined));
  const assigned: (number | undefined)[] = LEVELS.map(() => undefined);
  const last = levels.at(-1)!;
  const free = [...knees];
  if (plateaus.length > knees.length && largest > 2 * caches[last]!.sizeBytes) assigned[last] = free.pop();
  for (const level of levels.filter((i) => assigned[i] === undefined)) {
    const distances = free.map((knee) => Math.abs(Math.log(knee / caches[level]!.sizeBytes)));
    const nearest = distances.indexOf(Math.min(...distances));
    if (nearest < 0 || distances[nearest] > Math.log(OTHER_LEVEL)) continue;
    assigned[level] = free[nearest];
    free.splice(0, nearest + 1);
  }
  return assigned;
}

interface LevelFacts {
  readonly level: Level;
  readonly cache: ReportedCache | undefined;
  /** Size at which the level ends in the curve. */
  readonly knee: number | undefined;
}

/** Geometry: as reported where the curve does not end well before; else as the curve shows it. */
function deriveLevel(
  origin: Origin,
  { level, cache, knee }: LevelFacts,
  fields: Record<string, unknown>,
  notes: string[],
): void {
  const size = cache?.sizeBytes ?? knee;
  if (size === undefined) return;
  const ways = cache !== undefined && cache.ways > 0 ? cache.ways : origin.base[level].ways;
  const ratio = (knee ?? size) / size;
  const text =
    knee === undefined
      ? 'the curve of latencies does not end there'
      : `the curve of latencies ends at ${bytesText(Math.round(knee))}`;
  const says = cache === undefined ? text : `the kernel reports ${bytesText(cache.sizeBytes)}; ${text}`;
  const isSmaller = ratio < CONFIRMS[0];
  const geometry = cacheGeometry(isSmaller ? knee! : size, ways, isSmaller || cache === undefined);
  if (isSmaller || ratio > CONFIRMS[1])
    notes.push(`${level}: ${says}; the profile has ${bytesText(geometry.sizeBytes)}`);
  setGeometry(fields, level, geometry, `${origin.text}: ${says}`);
}

/** A size that was only measured is rounded to whole sets; a size that is reported is kept. */
function cacheGeometry(sizeBytes: number, ways: number, isMeasured: boolean): Geometry {
  return isMeasured ? fittingGeometry(2 ** Math.round(Math.log2(sizeBytes)), ways) : fittingGeometry(sizeBytes, ways);
}

function setGeometry(
  fields: Record<string, unknown>,
  level: string,
  { sizeBytes, ways }: Geometry,
  source: string,
): void {
  Object.assign(fields, { [`${level}.sizeBytes`]: sizeBytes, [`${level}.ways`]: ways, [`${level}.source`]: source });
}

/** Cycles of a plateau in each run. */
function plateauCycles({ readings, gigahertz }: Origin, name: string, { from, to }: Plateau): number[] {
  return [...gigahertz].flatMap(([run, ghz]) => {
    const own = readings.readings.filter((r) => r.name === name && r.run === run && r.param >= from && r.param <= to);
    return own.length === 0 ? [] : [medianOf(own.map(({ value }) => value).toSorted((a, b) => a - b)) * ghz];
  });
}

function latencyLeaf(origin: Origin, name: string, plateau: Plateau): Sourced | undefined {
  const between = `chased pointers in ${bytesText(plateau.from)} to ${bytesText(plateau.to)}`;
  return measuredLeaf(
    origin,
    plateauCycles(origin, name, plateau),
    'seen',
    () => `${digits(plateau.ns)} ns, ${between}`,
  );
}

/** A plateau belongs to the level between whose sizes its middle lies, and the last one beyond all levels to memory. */
function deriveLatencies(
  origin: Origin,
  name: string,
  { plateaus }: CurveShape,
  ends: readonly (number | undefined)[],
  fields: Record<string, unknown>,
): void {
  let from = 0;
  LEVELS.forEach((level, i) => {
    const end = ends[i];
    if (end === undefined) return;
    const own = plateaus.find((plateau) => middleOf(plateau) > from && middleOf(plateau) <= end);
    if (own !== undefined) fields[`${level}.latency`] = latencyLeaf(origin, name, own);
    from = end;
  });
  const memory = plateaus.at(-1);
  if (from > 0 && memory !== undefined && middleOf(memory) > from) deriveMemory(origin, name, memory, fields);
}

function middleOf({ from, to }: Plateau): number {
  return Math.sqrt(from * to);
}

/** Memory is what the curve comes to in the end, less the last level. */
function deriveMemory(origin: Origin, name: string, memory: Plateau, fields: Record<string, unknown>): void {
  const level = (fields['llc.latency'] as Sourced | undefined) ?? origin.base.llc.latency;
  const clocks = [...origin.gigahertz.values()];
  const beyond = plateauCycles(origin, name, memory).map((cycles, i) => (cycles - level.value) / clocks[i]);
  const text = `${digits(memory.ns)} ns from ${bytesText(memory.from)} on, less the ${level.value} cycles of the last level`;
  const leaf = measuredLeaf(origin, beyond, 'seen', () => text);
  if (leaf !== undefined) fields['dramLatencyNs'] = leaf;
}

function instructionCache({ text }: Origin, caches: readonly ReportedCache[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const cache = caches.find(({ level, kind }) => level === 1 && kind === 'Instruction');
  if (cache !== undefined && cache.ways > 0)
    setGeometry(fields, 'l1i', fittingGeometry(cache.sizeBytes, cache.ways), `${text}: as the kernel reports it`);
  return fields;
}
