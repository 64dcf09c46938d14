import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Texts } from './runfiles.ts';

/** Writes a file whole or not at all: aside, to the disk, then renamed. Folders are made as needed. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  makeFolder(dirname(path));
  const aside = `${path}.partial`;
  writeDurable(aside, content);
  renameSync(aside, path);
  syncFolder(dirname(path));
}

/**
 * Makes `folder` with these files whole or not at all; a folder that exists is complete. With `replace` an older one goes first,
 * else it stays as it is. Returns whether it was written.
 */
export function writeFolder(folder: string, texts: Texts, replace = false): boolean {
  if (existsSync(folder) && !replace) return false;
  const aside = `${folder}.partial`;
  rmSync(aside, { recursive: true, force: true });
  makeFolder(aside);
  for (const [name, text] of Object.entries(texts)) writeDurable(join(aside, name), text);
  syncFolder(aside);
  if (replace) rmSync(folder, { recursive: true, force: true });
  renameSync(aside, folder);
  syncFolder(dirname(folder));
  return true;
}

/** Makes a folder and those above it. Node hides why it cannot on a file system that is read-only; making the first that is missing tells. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    let missing = path;
    while (!existsSync(dirname(missing))) missing = dirname(missing);
    mkdirSync(missing);
    mkdirSync(path, { recursive: true });
  }
}

function writeDurable(path: string, content: string | Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } catch (error) {
    throw Object.assign(error as NodeJS.ErrnoException, { path }); // what failed was a number, which names no file
  } finally {
    closeSync(file);
  }
}

/** Puts the names in a folder on the disk; Windows has no such call and orders renames itself. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
