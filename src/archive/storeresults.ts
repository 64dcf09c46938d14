import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from './canonical.ts';
import { FIGURES, FILES } from './layout.ts';
import type { PlanRow } from './rows.ts';
import { parseStored } from './parsed.ts';
import { writeWhole } from './storefiles.ts';

/** The text of a file of a results folder; undefined if there is none. */
export function readResultsFile(dir: string, name: string): string | undefined {
  const path = join(dir, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Writes files of a results folder, each whole. Files that have the text already are left alone; gives the names of the others. */
export function writeResultsFiles(dir: string, texts: Readonly<Record<string, string>>): string[] {
  const changed = Object.keys(texts).filter((name) => readResultsFile(dir, name) !== texts[name]);
  for (const name of changed) writeWhole(join(dir, name), texts[name]);
  return changed;
}

/** Writes the tables of a study. When they change, figures and manifest of the older ones go: they would belie the new numbers. */
export function writeTables(dir: string, texts: Readonly<Record<string, string>>): void {
  if (writeResultsFiles(dir, texts).length === 0) return;
  for (const name of [FILES.manifest, FIGURES]) rmSync(join(dir, name), { recursive: true, force: true });
}

/** `plan.jsonl`: one canonical JSON object a line. */
export function planText(rows: readonly PlanRow[]): string {
  return rows.map((row) => `${canonicalJson(row)}\n`).join('');
}

/** The rows of the plan.jsonl in `file`. A ConfigError when it is damaged. */
export function parsePlan(text: string, file: string): PlanRow[] {
  const keys = ['id', 'name', 'measurement', 'itervars', 'spec'];
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseStored(line, file, keys, 'sweep again') as PlanRow);
}

/** The plan of a results folder; undefined if nothing was planned there. A ConfigError when it is damaged. */
export function readPlan(dir: string): PlanRow[] | undefined {
  const text = readResultsFile(dir, FILES.plan);
  return text === undefined ? undefined : parsePlan(text, join(dir, FILES.plan));
}
