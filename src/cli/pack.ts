import { dirname, join } from 'node:path';
import { FILES } from '../archive/layout.ts';
import { folderManifest, packBag, type Bag } from '../archive/storebag.ts';
import { writeResultsFiles } from '../archive/storeresults.ts';
import { census } from '../archive/storeruns.ts';
import { writeZip } from '../archive/storezip.ts';
import { verifyBag } from '../experiment/node/reproduce.ts';
import { versions } from '../experiment/node/versions.ts';
import { ConfigError, type Problem } from '../sim/errors.ts';
import type { Context } from './context.ts';
import type { Results } from './studies.ts';
import { count } from './text.ts';
import { UsageError } from './usage.ts';

/** Files that packing a study has written. */
export interface Packed {
  readonly figures: readonly string[];
  readonly archive: string;
}

/** Draws the figures of complete results and writes their archive. */
export async function packResults(results: Results, context: Context): Promise<Packed> {
  context.err('drawing the figures\n');
  const figures = await drawFigures(results.dir, results.study.figures);
  return { figures, archive: await writeArchive(results) };
}

/** Draws figures of a results folder, all those the study can fill when none are named. Gives the paths written. */
export async function drawFigures(dir: string, ids?: readonly string[]): Promise<string[]> {
  const { renderFigures } = await import('../report/render.ts'); // loads the chart libraries, which other verbs do without
  return renderFigures(dir, ids);
}

/** Writes `<experiment>.zip` into `out` (default: beside the folder) and its manifest into the folder; only of complete results that prove themselves. */
export async function writeArchive({ dir, plan, study }: Results, out: string = dirname(dir)): Promise<string> {
  const { finished } = census(dir);
  const missing = plan.filter((row) => !finished.has(row.id)).length;
  if (missing > 0)
    throw new UsageError(`${dir} lacks ${count(missing, 'run')} of ${plan.length}: sweep it again first`);
  const bag = packBag(dir, plan, versions());
  requireProof(dir, bag);
  writeResultsFiles(dir, { [FILES.manifest]: folderManifest(bag) });
  const path = join(out, `${study.experiment}.zip`);
  await writeZip(path, study.experiment, bag);
  return path;
}

/** Throws a ConfigError that lists the files of results that do not follow from their runs, or cannot be read. */
function requireProof(dir: string, bag: Bag): void {
  const problems = problemsOf(bag).map((problem) =>
    Object.assign({}, problem, { file: join(dir, problem.file ?? '') }),
  );
  if (problems.length > 0) throw new ConfigError(problems);
}

function problemsOf(bag: Bag): readonly Problem[] {
  const message = 'changed since it was written: sweep again, without the folder of the run if it is in one';
  try {
    return verifyBag(bag).wrong.map(({ file }) => ({ file, path: '', message }));
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
