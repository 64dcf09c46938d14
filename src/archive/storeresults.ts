import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from './canonical.ts';
import { FILES } from './layout.ts';
import type { PlanRow } from './rows.ts';
import { writeWhole } from './storefiles.ts';

/** The text of a file of a results folder; undefined if there is none. */
export function readResultsFile(dir: string, name: string): string | undefined {
  const path = join(dir, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Writes files of a results folder, each whole. Files that have the text already are left alone. */
export function writeResultsFiles(dir: string, texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (readResultsFile(dir, name) !== text) writeWhole(join(dir, name), text);
  }
}

/** `plan.jsonl`: one canonical JSON object a line. */
export function planText(rows: readonly PlanRow[]): string {
  return rows.map((row) => `${canonicalJson(row)}\n`).join('');
}

/** The rows of a plan.jsonl. */
export function parsePlan(text: string): PlanRow[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PlanRow);
}

/** The plan of a results folder; undefined if nothing was planned there. */
export function readPlan(dir: string): PlanRow[] | undefined {
  const text = readResultsFile(dir, FILES.plan);
  return text === undefined ? undefined : parsePlan(text);
}
