import { linesJson, prettyJson } from './canonical.ts';
import { RUN_FILES } from './layout.ts';
import type { RunResult, RunSpec } from './rows.ts';
import { statsText } from './statstext.ts';
import { parseStored } from './parsed.ts';

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

const REMEDY = "remove the run's folder and sweep again";

/** The spec of a config.json in `folder`, and the model version that gave its results. A ConfigError names a damaged file. */
export function parseConfig(text: string, folder: string): { spec: RunSpec; modelVersion: number } {
  const { config, seed, replication, modelVersion } = parseStored(
    text,
    `${folder}/${RUN_FILES.config}`,
    ['config', 'seed', 'replication', 'modelVersion'],
    REMEDY,
  ) as RunSpec & { modelVersion: number };
  return { spec: { config, seed, replication }, modelVersion };
}

/** The result that `runTexts` wrote to `folder`. A ConfigError names a damaged file. */
export function parseResult(texts: Texts, folder: string): RunResult {
  const { spec } = parseConfig(texts[RUN_FILES.config], folder);
  const keys = ['fingerprint', 'events', 'warmup', 'measure', 'histograms', 'metrics', 'semantics'];
  const rest = parseStored(texts[RUN_FILES.stats], `${folder}/${RUN_FILES.stats}`, keys, REMEDY);
  return { spec, ...(rest as Omit<RunResult, 'spec'>) };
}
