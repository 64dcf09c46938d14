import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Recordings of a real kernel: `further` adds mremap and up to six processes. See test/data/README.md. */
export type SampleName = 'recorded' | 'further';

/** Lines of a sample, without the last empty one. */
export function sampleLines(name: SampleName): string[] {
  const file = new URL(`../data/page/${name}.jsonl.gz`, import.meta.url);
  return gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
}
