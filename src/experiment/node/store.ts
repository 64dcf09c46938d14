import type { PlanRow, RunResult } from '../../archive/rows.ts';
import { runTexts } from '../../archive/runfiles.ts';
import { hostText } from '../../archive/statstext.ts';
import { RUN_FILES } from '../../archive/layout.ts';
import { writeFailure, writeRun, type RunRecord } from '../../archive/storeruns.ts';
import { MODEL_VERSION } from '../version.ts';
import type { RunOutcome } from './protocol.ts';

/** How a run was asked for; goes to its run.json. */
export interface Provenance {
  readonly command: string;
  readonly engine: string;
  readonly versions: Readonly<Record<string, string | number>>;
}

/** Writes what became of a run, whole or not at all. */
export function storeOutcome(dir: string, row: PlanRow, outcome: RunOutcome, provenance: Provenance): void {
  const record = recordOf(row, outcome, provenance);
  if (outcome.kind === 'failed') writeFailure(dir, record, outcome.log);
  else writeRun(dir, record, storedTexts(outcome.result, outcome.host));
}

function storedTexts(result: RunResult, host: RunOutcome['host']): Readonly<Record<string, string>> {
  const texts = runTexts(result, MODEL_VERSION);
  return { ...texts, [RUN_FILES.statsText]: texts[RUN_FILES.statsText] + hostText(result, host) };
}

function recordOf(row: PlanRow, outcome: RunOutcome, provenance: Provenance): RunRecord {
  const ended = Date.now();
  const { seconds, memoryBytes } = outcome.host;
  return {
    id: row.id,
    name: row.name,
    status: outcome.kind,
    ...provenance,
    started: new Date(ended - seconds * 1000).toISOString(),
    ended: new Date(ended).toISOString(),
    hostSeconds: seconds,
    hostMemoryBytes: memoryBytes,
    ...(outcome.kind === 'failed' ? { message: outcome.message } : {}),
  };
}
