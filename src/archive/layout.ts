/** Files of `results/<experiment>/`; paths use `/` and are relative to that folder. */
export const FILES = {
  study: 'study.yaml',
  resolved: 'study.resolved.json',
  plan: 'plan.jsonl',
  scalars: 'scalars.csv',
  summary: 'summary.csv',
  manifest: 'manifest-sha256.txt',
} as const;

/** Folder of charts, each as vega-lite spec, data, SVG, PDF and PNG. */
export const FIGURES = 'figures';

/** Files of one run's folder. */
export const RUN_FILES = {
  config: 'config.json',
  stats: 'stats.json',
  statsText: 'stats.txt',
  fingerprint: 'fingerprint.txt',
  /** The only file with time stamps, host and command; never hashed. */
  run: 'run.json',
  log: 'run.log',
} as const;

/** Files of a run that equal specs give byte for byte; of stats.txt the part above the host block. */
export const EXACT_RUN_FILES = [RUN_FILES.config, RUN_FILES.stats, RUN_FILES.statsText, RUN_FILES.fingerprint] as const;

/** Folder of a finished run, fanned out by two hex digits so that no folder gets too long. */
export function runFolder(id: string): string {
  return `runs/${id.slice(0, 2)}/${id}`;
}

/** Folder that records why a run failed; it goes when the run succeeds. */
export function failedFolder(id: string): string {
  return `${runFolder(id)}.failed`;
}
