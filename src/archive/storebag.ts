import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { prettyJson } from './canonical.ts';
import { EXACT_RUN_FILES, FIGURES, FILES, RUN_FILES, runFolder } from './layout.ts';
import { manifestText } from './manifest.ts';
import type { PlanRow } from './rows.ts';
import { withoutHost } from './statstext.ts';
import { unzip } from './storeunzip.ts';

/** Files of an archive by path, without the folder they all stand in. */
export type Bag = ReadonlyMap<string, Uint8Array>;

const PROVENANCE = 'provenance.json';

/**
 * All that proves a study, and nothing that differs between two runs of it: the study, its plan, the exact files of its runs, tables,
 * figures, versions and a manifest of hashes. Times, hosts and commands (run.json, the host block of stats.txt) stay out.
 */
export function packBag(
  dir: string,
  plan: readonly PlanRow[],
  versions: Readonly<Record<string, string | number>>,
): Bag {
  const files = new Map<string, Uint8Array>();
  const add = (name: string): unknown => files.set(name, readFileSync(join(dir, name)));
  for (const name of Object.values(FILES)) {
    if (name !== FILES.manifest && existsSync(join(dir, name))) add(name);
  }
  for (const name of existsSync(join(dir, FIGURES)) ? readdirSync(join(dir, FIGURES)) : []) add(`${FIGURES}/${name}`);
  for (const row of plan) {
    for (const name of EXACT_RUN_FILES) add(`${runFolder(row.id)}/${name}`);
  }
  for (const [name, bytes] of files) {
    if (isStatsText(name)) files.set(name, withoutHostBytes(bytes));
  }
  files.set(PROVENANCE, Buffer.from(prettyJson(versions)));
  files.set(FILES.manifest, Buffer.from(manifestText(files)));
  return files;
}

/** The manifest of a results folder itself: the files of its archive that stand there with the same bytes. */
export function folderManifest(bag: Bag): string {
  return manifestText(new Map([...bag].filter(([name]) => !isArchiveOnly(name))));
}

function isArchiveOnly(name: string): boolean {
  return name === PROVENANCE || name === FILES.manifest || isStatsText(name);
}

function isStatsText(name: string): boolean {
  return name.endsWith(`/${RUN_FILES.statsText}`);
}

/**
 * Files of an archive: a zip as `archive` writes it, the folder it was unpacked to, or a results folder, of which only what its manifest
 * lists and the exact part of stats.txt count. Throws an Error that says what is wrong.
 */
export function readBag(path: string): Bag {
  const files = statSync(path).isDirectory() ? readTree(path) : unzip(readFileSync(path));
  const manifest = [...files.keys()].find((name) => basename(name) === FILES.manifest);
  if (manifest === undefined)
    throw new Error(`no ${FILES.manifest} in it: no archive, and no results that were archived`);
  const root = manifest.slice(0, -FILES.manifest.length);
  const bag = new Map(
    [...files].map(([name, bytes]) => [name.startsWith(root) ? name.slice(root.length) : name, bytes]),
  );
  return bag.has(PROVENANCE) ? bag : listedOf(bag);
}

function listedOf(bag: Bag): Bag {
  const listed = bagText(bag, FILES.manifest);
  const counts = (name: string): boolean =>
    name === FILES.manifest || isStatsText(name) || listed.includes(`  ${name}\n`);
  const files = [...bag].filter(([name]) => counts(name));
  return new Map(files.map(([name, bytes]) => [name, isStatsText(name) ? withoutHostBytes(bytes) : bytes]));
}

function withoutHostBytes(bytes: Uint8Array): Uint8Array {
  return Buffer.from(withoutHost(Buffer.from(bytes).toString()));
}

/** Text of a file of an archive; throws if it is not there. */
export function bagText(bag: Bag, name: string): string {
  const bytes = bag.get(name);
  if (bytes === undefined) throw new Error(`the archive has no ${name}`);
  return Buffer.from(bytes).toString();
}

function readTree(dir: string): Map<string, Uint8Array> {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(dir, path).replaceAll('\\', '/'), readFileSync(path)];
    }),
  );
}
