import { linesJson, prettyJson } from './canonical.ts';
import { RUN_FILES } from './layout.ts';
import type { RunResult, RunSpec } from './rows.ts';
import { statsText } from './statstext.ts';

/** File name to text. */
export type Texts = Readonly<Record<string, string>>;

/** The files of a run that depend on its spec and the model alone: config.json, stats.json, stats.txt, fingerprint.txt. */
export function runTexts(result: RunResult, modelVersion: number): Texts {
  const { spec, ...rest } = result;
  return {
    [RUN_FILES.config]: prettyJson({ ...spec, modelVersion }),
    [RUN_FILES.stats]: linesJson(rest),
    [RUN_FILES.statsText]: statsText(result),
    [RUN_FILES.fingerprint]: `${result.fingerprint}\n`,
  };
}

/** The spec of a config.json and the model version that gave its results. */
export function parseConfig(text: string): { spec: RunSpec; modelVersion: number } {
  const { config, seed, replication, modelVersion } = JSON.parse(text) as RunSpec & { modelVersion: number };
  return { spec: { config, seed, replication }, modelVersion };
}

/** The result that `runTexts` wrote. */
export function parseResult(texts: Texts): RunResult {
  const { spec } = parseConfig(texts[RUN_FILES.config]);
  return { spec, ...(JSON.parse(texts[RUN_FILES.stats]) as Omit<RunResult, 'spec'>) };
}
