import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prettyJson } from './canonical.ts';
import { EXACT_RUN_FILES, failedFolder, RUN_FILES, runFolder } from './layout.ts';
import type { RunResult } from './rows.ts';
import { parseResult, type Texts } from './runfiles.ts';
import { parseStored } from './parsed.ts';
import { writeFolder } from './storefiles.ts';

/** What `run.json` says about how a run came about; the only place for time, host and command. */
export interface RunRecord {
  readonly id: string;
  readonly name: string;
  readonly status: 'finished' | 'failed';
  readonly command: string;
  /** ISO 8601. */
  readonly started: string;
  readonly ended: string;
  readonly hostSeconds: number;
  readonly hostMemoryBytes: number;
  readonly engine: string;
  readonly versions: Readonly<Record<string, string | number>>;
  /** Why it failed. */
  readonly message?: string;
}

/** What a results folder holds, by one scan of its names. */
export interface Census {
  readonly finished: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
  /** Runs that were being written when something stopped them. */
  readonly partial: ReadonlySet<string>;
}

/** Stores a finished run; an existing one stays. A record of its failure goes. */
export function writeRun(dir: string, record: RunRecord, texts: Texts): void {
  writeFolder(join(dir, runFolder(record.id)), { ...texts, [RUN_FILES.run]: prettyJson(record) });
  rmSync(join(dir, failedFolder(record.id)), { recursive: true, force: true });
}

/** Records why a run failed, in place of an earlier record. */
export function writeFailure(dir: string, record: RunRecord, log: string): void {
  const texts = { [RUN_FILES.run]: prettyJson(record), [RUN_FILES.log]: log };
  writeFolder(join(dir, failedFolder(record.id)), texts, true);
}

/** The exact files of a finished run; throws if there is none. */
export function readRunTexts(dir: string, id: string): Texts {
  return Object.fromEntries(
    EXACT_RUN_FILES.map((name) => [name, readFileSync(join(dir, runFolder(id), name), 'utf8')]),
  );
}

/** A finished run; throws if there is none, a ConfigError if it is damaged. */
export function readRun(dir: string, id: string): RunResult {
  return parseResult(readRunTexts(dir, id), join(dir, runFolder(id)));
}

/** How a run ended, finished or failed; undefined if it never did. A ConfigError if the record is damaged. */
export function readRecord(dir: string, id: string): RunRecord | undefined {
  const path = [runFolder(id), failedFolder(id)]
    .map((folder) => join(dir, folder, RUN_FILES.run))
    .find((file) => existsSync(file));
  if (path === undefined) return undefined;
  const remedy = 'remove its folder and sweep again';
  return parseStored(readFileSync(path, 'utf8'), path, ['id', 'status'], remedy) as RunRecord;
}

/** Runs under a results folder, from names alone. */
export function census(dir: string): Census {
  const found = { finished: new Set<string>(), failed: new Set<string>(), partial: new Set<string>() };
  const runs = join(dir, 'runs');
  for (const prefix of existsSync(runs) ? readdirSync(runs) : []) {
    for (const name of readdirSync(join(runs, prefix))) {
      const [id, suffix] = name.split('.');
      const kind = name.endsWith('.partial') ? 'partial' : suffix === 'failed' ? 'failed' : 'finished';
      found[kind].add(id);
    }
  }
  return found;
}
