import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { catalogue } from '../../src/experiment/names.ts';

const STUDY = `experiment: small
base: {machine: skylake-sp, workload: java-nio, warmup: 1ms, measure: 1ms}
vary: {policy: [baseline, kernelmode]}
repeat: 1
compare: {factor: policy, to: baseline}
`;

let dir = '';
const path = (name: string): string => join(dir, name);

/** A command line on the real catalogue and simulator. */
async function cli(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await runCli(argv, {
    catalogue: async () => catalogue,
    runModule: new URL('../../src/experiment/node/runner.ts', import.meta.url).href,
    program: 'ringsim',
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTerminal: false,
    interruption: () => ({ signal: new AbortController().signal, dispose: () => undefined }),
  });
  return { code, out, err };
}

/** Run, fingerprint and text of a trace. */
async function traced(...argv: readonly string[]): Promise<readonly string[]> {
  const { code, out, err } = await cli('trace', ...argv, '--out', path('t.perf'), '--json');
  expect([code, err]).toEqual([0, '']);
  const { run, fingerprint } = JSON.parse(out) as { run: string; fingerprint: string };
  return [run, fingerprint, readFileSync(path('t.perf'), 'utf8')];
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ringsim-trace-'));
  writeFileSync(path('s.yaml'), STUDY);
  expect((await cli('sweep', path('s.yaml'), '-j', '1', '--out', path('r'))).code).toBe(0);
  expect((await cli('archive', path('r'))).code).toBe(0);
}, 60_000);
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('trace', () => {
  it('writes the same 2 ms of a run from its study file, its folder and its archive', async () => {
    const [run, fingerprint, text] = await traced(path('s.yaml'), '-o', 'policy=kernelmode');

    expect(text.split('\n').length).toBeGreaterThan(100);
    expect(await traced(path('r'), run)).toEqual([run, fingerprint, text]);
    expect(await traced(path('small.zip'), 'small-policy=kernelmode#0')).toEqual([run, fingerprint, text]);
  });

  it.each([
    ['a folder without a run', ['r'], "plans 2 runs: say which, such as 'small-policy=baseline#0'"],
    ['an archive with a setting', ['small.zip', '-o', 'policy=kernelmode'], '-o, --seed and --replication choose'],
    ['a study file with a run', ['s.yaml', 'abc'], 'choose its run by -o'],
    ['nothing', ['gone.yaml'], 'no such study file, folder of results or archive'],
  ] as const)('says of %s what is missing, exit 2', async (_, [from, ...more], message) => {
    const { code, err } = await cli('trace', path(from), ...more);

    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
