import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { census } from '../../src/archive/storeruns.ts';
import { cli } from './fakecontext.ts';

const FAKE_MAIN = fileURLToPath(new URL('./fakemain.ts', import.meta.url));
// Eight runs of 300 ms of real time each.
const STUDY = `experiment: slow
base: {machine: server, workload: compute, measure: 300ms}
vary: {policy: [baseline, free]}
repeat: 4
compare: {factor: policy, to: baseline}
`;

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringsim-signal-'));
  writeFileSync(join(dir, 's.yaml'), STUDY);
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Starts a sweep in a process of its own and sends it signals, one right after the other, once `runs` runs are stored. */
async function sweepUntil(
  runs: number,
  ...signals: readonly NodeJS.Signals[]
): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [FAKE_MAIN, 'sweep', join(dir, 's.yaml'), '-j', '1', '--out', join(dir, 'r')]);
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const poll = setInterval(() => {
    if (census(join(dir, 'r')).finished.size < runs) return;
    clearInterval(poll);
    for (const signal of signals) child.kill(signal);
  }, 20);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(poll);
  return { code, out };
}

async function resumeAndCompare(): Promise<void> {
  const stored = census(join(dir, 'r')).finished.size;
  const resumed = JSON.parse((await cli('sweep', join(dir, 's.yaml'), '--out', join(dir, 'r'), '--json')).out) as {
    runs: unknown;
  };
  await cli('sweep', join(dir, 's.yaml'), '--out', join(dir, 'whole'));

  expect(resumed.runs).toEqual({ planned: 8, done: 8 - stored, skipped: stored, failed: 0, left: 0 });
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8');
  expect(read('r/scalars.csv')).toBe(read('whole/scalars.csv'));
}

describe('a sweep of 8 runs', () => {
  it('stopped by Ctrl-C after 2 writes tables of what is done, ends with 130, and the next start continues', async () => {
    const { code, out } = await sweepUntil(2, 'SIGINT');
    const stored = census(join(dir, 'r')).finished.size;

    expect(code).toBe(130);
    expect(stored).toBeLessThan(8);
    expect(out).toContain(`${stored} runs done, ${8 - stored} left; the same command continues`);
    expect(readFileSync(join(dir, 'r/scalars.csv'), 'utf8').split('\n')).toHaveLength(1 + 2 * stored + 1);
    await resumeAndCompare();
  });

  it('stopped by a Ctrl-C that comes twice at once, from the terminal and passed on, still writes tables', async () => {
    const { code, out } = await sweepUntil(2, 'SIGINT', 'SIGINT', 'SIGTERM');

    expect(code).toBe(130);
    expect(out).toContain('left; the same command continues');
  });

  it('killed without warning after 2 loses no finished run, and the next start continues', async () => {
    const { code } = await sweepUntil(2, 'SIGKILL');

    expect(code).toBe(null);
    expect(census(join(dir, 'r')).finished.size).toBeGreaterThanOrEqual(2);
    await resumeAndCompare();
  });
});

describe('a search of all operations', () => {
  it('stopped by Ctrl-C ends with 130, one result that says so, and the second search not begun', async () => {
    const argv = ['check', 'H', '--bounds', 'all2', '--bounds', 'all1', '--json'];
    const child = spawn(process.execPath, [FAKE_MAIN, ...argv]);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.once('data', () => child.kill('SIGINT')); // the first line of progress
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));

    expect(code).toBe(130);
    const { results } = JSON.parse(out) as { results: readonly object[] };
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ complete: false, stopped: 'interrupted' });
  }, 60_000);
});

describe('the launcher under an older Node', () => {
  const OLDER =
    'data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } })';
  const LAUNCHER = fileURLToPath(new URL('../../bin/ringsim.mjs', import.meta.url));

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'passes %s on, so that the search ends cleanly and nothing is left running',
    async (signal) => {
      const child = spawn(process.execPath, ['--import', OLDER, LAUNCHER, 'check', 'H', '--bounds', 'all2']);
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.once('data', () => child.kill(signal)); // the first line of progress
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve)); // when nobody holds its output

      expect(code).toBe(130);
      expect(out).toContain('Interrupted in search 1 of 1.');
    },
    60_000,
  );

  it('ends with the code of what it has called: 2 for an unknown verb', async () => {
    const child = spawn(process.execPath, ['--import', OLDER, LAUNCHER, 'swep'], { stdio: 'ignore' });

    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(2);
  });
});
