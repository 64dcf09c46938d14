import { EXACT_RUN_FILES, FILES, RUN_FILES, runFolder } from '../../archive/layout.ts';
import { checkManifest, type Mismatch } from '../../archive/manifest.ts';
import type { PlanRow } from '../../archive/rows.ts';
import { parseConfig, parseResult } from '../../archive/runfiles.ts';
import { bagText, type Bag } from '../../archive/storebag.ts';
import { parsePlan } from '../../archive/storeresults.ts';
import { parseStored } from '../../archive/parsed.ts';
import { runId } from '../identity.ts';
import type { Study } from '../study.ts';
import { MODEL_VERSION } from '../version.ts';
import { runPool, type PoolOptions } from './pool.ts';
import type { RunOutcome } from './protocol.ts';
import { differingFiles } from './single.ts';
import { tablesOf } from './sweep.ts';

/** What is wrong with an archive without running anything; empty when it proves itself. A ConfigError names a file that cannot be read. */
export function verifyBag(bag: Bag): { readonly runs: number; readonly wrong: readonly Mismatch[] } {
  const manifest = bagText(bag, FILES.manifest);
  // A results folder lists no stats.txt, since its host lines differ from machine to machine; `reproduce` compares their exact part.
  const isHashed = (name: string): boolean =>
    name !== FILES.manifest && (manifest.includes(name) || !name.endsWith(RUN_FILES.statsText));
  const hashes = checkManifest(manifest, new Map([...bag].filter(([name]) => isHashed(name))));
  if (hashes.length > 0) return { runs: 0, wrong: hashes };
  const plan = parsePlan(bagText(bag, FILES.plan), FILES.plan);
  return { runs: plan.length, wrong: [...wrongIds(bag, plan), ...wrongTexts(bag, plan), ...wrongTables(bag, plan)] };
}

/** Every run's id must follow from its config, seed, replication and model version. */
function wrongIds(bag: Bag, plan: readonly PlanRow[]): Mismatch[] {
  return plan.flatMap(({ id }): Mismatch[] => {
    const file = `${runFolder(id)}/${RUN_FILES.config}`;
    const { spec, modelVersion } = configOf(bag, id);
    return runId(spec, modelVersion) === id ? [] : [{ file, problem: 'changed' }];
  });
}

function configOf(bag: Bag, id: string): ReturnType<typeof parseConfig> {
  return parseConfig(bagText(bag, `${runFolder(id)}/${RUN_FILES.config}`), runFolder(id));
}

/** The texts of a run must follow from its result; of other versions of the model, which may have written them otherwise, nothing is said. */
function wrongTexts(bag: Bag, plan: readonly PlanRow[]): Mismatch[] {
  const own = plan.filter(({ id }) => configOf(bag, id).modelVersion === MODEL_VERSION);
  return own.flatMap((row) =>
    differingFiles(storedTexts(bag, row), storedResult(bag, row)).map((name): Mismatch => ({
      file: `${runFolder(row.id)}/${name}`,
      problem: 'changed',
    })),
  );
}

/** The tables must follow from the stored results of the runs. */
function wrongTables(bag: Bag, plan: readonly PlanRow[]): Mismatch[] {
  const study = parseStored(
    bagText(bag, FILES.resolved),
    FILES.resolved,
    ['experiment', 'vary'],
    'archive again',
  ) as Study;
  const { texts } = tablesOf(
    study,
    plan.map((row) => ({ row, metrics: storedResult(bag, row).metrics })),
  );
  const names = Object.keys(texts).filter((file) => bagText(bag, file) !== texts[file]);
  return names.map((file): Mismatch => ({ file, problem: 'changed' }));
}

function storedTexts(bag: Bag, row: PlanRow): Readonly<Record<string, string>> {
  return Object.fromEntries(EXACT_RUN_FILES.map((name) => [name, bagText(bag, `${runFolder(row.id)}/${name}`)]));
}

function storedResult(bag: Bag, row: PlanRow): ReturnType<typeof parseResult> {
  return parseResult(storedTexts(bag, row), runFolder(row.id));
}

/** One archived run that came out otherwise. */
export interface Discrepancy {
  readonly id: string;
  readonly name: string;
  /** Files with other bytes, or why there is no result. */
  readonly files: readonly string[];
  readonly message?: string;
}

/** Outcome of running an archive again. */
export interface Reproduction {
  readonly runs: number;
  readonly equal: number;
  readonly different: readonly Discrepancy[];
  /** Runs that a stop left out. */
  readonly left: number;
}

/** Runs archived specs again and compares every exact file byte by byte. `sample` limits it to that many runs, spread evenly over the plan. */
export async function reproduceBag(bag: Bag, sample: number | undefined, options: PoolOptions): Promise<Reproduction> {
  const plan = spread(parsePlan(bagText(bag, FILES.plan), FILES.plan), sample);
  const outcomes = await runPool(
    plan.map((row) => row.spec),
    options,
  );
  const known = outcomes.flatMap((outcome, i) => (outcome === undefined ? [] : [{ row: plan[i], outcome }]));
  const different = known.flatMap(({ row, outcome }) => compare(bag, row, outcome));
  return { runs: known.length, equal: known.length - different.length, different, left: plan.length - known.length };
}

function spread(plan: readonly PlanRow[], sample = plan.length): PlanRow[] {
  const count = Math.min(sample, plan.length);
  return Array.from({ length: count }, (_, i) => plan[Math.floor((i * plan.length) / count)]);
}

function compare(bag: Bag, { id, name, ...row }: PlanRow, outcome: RunOutcome): Discrepancy[] {
  if (outcome.kind === 'failed') return [{ id, name, files: [], message: outcome.message }];
  const files = differingFiles(storedTexts(bag, { id, name, ...row }), outcome.result);
  return files.length === 0 ? [] : [{ id, name, files }];
}
