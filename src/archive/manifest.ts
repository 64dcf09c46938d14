import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** One file that a manifest and the bytes disagree on. */
export interface Mismatch {
  readonly file: string;
  readonly problem: 'missing' | 'not listed' | 'changed';
}

/** Hash of a file as manifests write it. */
export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** `manifest-sha256.txt` as `sha256sum -c` reads it: hash, two spaces, path; sorted by path. */
export function manifestText(files: ReadonlyMap<string, Uint8Array>): string {
  const names = [...files.keys()].toSorted();
  return names.map((name) => `${sha256Hex(files.get(name)!)}  ${name}\n`).join('');
}

/** Where files and their manifest disagree; empty when every file is listed and unchanged. */
export function checkManifest(manifest: string, files: ReadonlyMap<string, Uint8Array>): Mismatch[] {
  const listed = new Map(
    manifest
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  const wrong = [...listed].flatMap(([file, hash]): Mismatch[] => {
    const bytes = files.get(file);
    if (bytes === undefined) return [{ file, problem: 'missing' }];
    return sha256Hex(bytes) === hash ? [] : [{ file, problem: 'changed' }];
  });
  const extra = [...files.keys()].filter((file) => !listed.has(file));
  return [...wrong, ...extra.map((file): Mismatch => ({ file, problem: 'not listed' }))];
}
