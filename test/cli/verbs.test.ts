import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from './fakecontext.ts';

const STUDY = `experiment: quick
base: {machine: server, workload: http}
vary: {policy: [baseline, kernelmode, free], cores: [1, 2]}
repeat: 2
compare: {factor: policy, to: baseline}
`;

let dir = '';
const path = (name: string): string => join(dir, name);
const study = (text = STUDY): string => {
  writeFileSync(path('s.yaml'), text);
  return path('s.yaml');
};
const text = (name: string): string => readFileSync(path(name), 'utf8');
/** Folder of the first run that is planned in `a`. */
const runOf = (): string => {
  const { id } = JSON.parse(text('a/plan.jsonl').split('\n')[0]) as { id: string };
  return `a/runs/${id.slice(0, 2)}/${id}`;
};
const json = (out: string): Record<string, any> => JSON.parse(out) as Record<string, any>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringsim-cli-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('usage', () => {
  it('suggests the nearest verb and the nearest option, exit 2, nothing on stdout', async () => {
    expect(await cli('swep', 'x')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('(Did you mean sweep?)') as string,
    });
    expect(await cli('sweep', 'x', '--filtre', 'a')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('(Did you mean --filter?)') as string,
    });
    expect(await cli('sweep', study(), '-j', '0')).toMatchObject({
      code: 2,
      err: expect.stringContaining('whole number of at least 1') as string,
    });
    expect(await cli('run', study(), '--engine', 'simj')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Allowed choices are native') as string,
    });
  });

  it('gives a wrong option as one JSON document with --json', async () => {
    const { code, out } = await cli('status', 'x', '--json', '--all');

    expect(code).toBe(2);
    expect(json(out)['error']).toContain("unknown option '--all'");
  });

  it.each([
    'run',
    'sweep',
    'status',
    'command',
    'plot',
    'archive',
    'verify',
    'reproduce',
    'trace',
    'attack',
    'check',
    'bench',
    'schema',
  ])('%s --help has an example and --json, exit 0', async (verb) => {
    const { code, out } = await cli(verb, '--help');

    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Example:\\n  \\$ node bin/ringsim.mjs ${verb} .+`));
    expect(out).toContain('--json');
  });

  it('says which folder is no results folder, exit 2', async () => {
    expect(await cli('status', path('none'))).toMatchObject({ code: 2, err: `${path('none')}: no such folder\n` });
    expect(await cli('plot', dir)).toMatchObject({
      code: 2,
      err: expect.stringContaining('has no plan.jsonl') as string,
    });
    expect(await cli('verify', path('none.zip'))).toMatchObject({ code: 2 });
  });
});

describe('a wrong study', () => {
  const wrong = STUDY.replace('kernelmode', 'kernelmod').replace('repeat: 2', 'repet: 2');

  it('is refused by run and sweep with every mistake and its place, exit 2, before anything is written', async () => {
    for (const verb of ['run', 'sweep']) {
      const { code, out, err } = await cli(verb, study(wrong), '--out', path('r'));

      expect([code, out]).toEqual([2, '']);
      expect(err.split('\n').map((line) => line.slice(path('s.yaml').length + 1))).toEqual([
        '3:27 vary.policy.1: unknown policy (got "kernelmod", allowed baseline | kernelmode | bypage | free, did you mean kernelmode?)',
        expect.stringMatching(/^4:1 repet: unknown key \(got "repet", allowed .*, did you mean repeat\?\)$/),
        '',
      ]);
      expect(existsSync(path('r'))).toBe(false);
    }
  });

  it('is one JSON document with --json: file, line, column, path, value, allowed, nearest', async () => {
    const { code, out } = await cli('sweep', study(wrong), '--json');

    expect(code).toBe(2);
    expect(json(out)['problems'][0]).toEqual({
      file: path('s.yaml'),
      line: 3,
      column: 27,
      path: 'vary.policy.1',
      value: 'kernelmod',
      message: 'unknown policy',
      allowed: ['baseline', 'kernelmode', 'bypage', 'free'],
      nearest: 'kernelmode',
    });
  });
});

describe('sweep', () => {
  it('--dry lists 12 runs with their ids and writes nothing', async () => {
    const { code, out } = await cli('sweep', study(), '--dry', '--out', path('r'));

    expect(code).toBe(0);
    expect(out.split('\n')).toHaveLength(14);
    expect(out).toMatch(/^[0-9a-f]{12} {2}quick-cores=1,policy=baseline#0$/m);
    expect(out).toMatch(/^12 runs$/m);
    expect(existsSync(path('r'))).toBe(false);
    expect(json((await cli('sweep', study(), '--dry', '--json', '-r', "policy == 'free'")).out)).toMatchObject({
      experiment: 'quick',
      count: 4,
    });
  });

  it('gives a table with gains, the answer and the files; --json gives the same as one document', async () => {
    const { code, out, err } = await cli('sweep', study(), '-j', '2', '--out', path('r'));

    expect(code).toBe(0);
    expect(out).toContain('12 runs done');
    expect(out).toMatch(/^kernelmode +2 +.*% ± /m);
    expect(out).toContain(`${path('r')}/summary.csv`);
    expect(err).not.toContain('% ±');

    const again = await cli('sweep', study(), '--out', path('r'), '--json');
    expect(json(again.out)).toMatchObject({
      runs: { planned: 12, done: 0, skipped: 12, failed: 0, left: 0 },
      failures: [],
    });
    expect(json(again.out)['summary']).toHaveLength(12);
  });

  it('keeps what a model prints out of the JSON document', async () => {
    const talks = STUDY.replace('workload: http', 'workload: http, params: {load: 0.15}');

    expect(json((await cli('sweep', study(talks), '--out', path('r'), '--json')).out)['runs']).toMatchObject({
      done: 12,
    });
  });

  it('reports failed runs at once with id and command, exit 3, and status knows them from files', async () => {
    const fails = STUDY.replace('cores: [1, 2]', 'params.load: [0.13, 0.5]');
    const { code, out, err } = await cli('sweep', study(fails), '--out', path('r'));

    expect(code).toBe(3);
    expect(out).toContain('6 runs done, 6 failed');
    expect(err).toMatch(
      /^failed quick-params\.load=0\.13,policy=\w+#\d \([0-9a-f]{12}\): load 0\.13 is unlucky\n {2}repeat it: ringsim run /m,
    );
    const status = json((await cli('status', path('r'), '--json')).out);
    expect(status).toMatchObject({ planned: 12, finished: 6, left: 0 });
    expect(status['failed']).toHaveLength(6);
    expect(status['failed'][0]).toMatchObject({ message: 'load 0.13 is unlucky' });
  });

  it('never overwrites results of another study: says what differs, exit 2; --out and --replace are ways out', async () => {
    await cli('sweep', study(), '--out', path('r'));
    const before = text('r/scalars.csv');
    const other = STUDY.replace('[1, 2]', '[1, 4]');
    const refused = await cli('sweep', study(other), '--out', path('r'));

    expect(refused.code).toBe(2);
    expect(refused.err).toContain('vary.cores: results of another study: stored [1,2], asked [1,4]');
    expect(refused.err).toContain('--replace');
    expect(text('r/scalars.csv')).toBe(before);

    const replaced = json((await cli('sweep', study(other), '--out', path('r'), '--replace', '--json')).out);
    expect(replaced['runs']).toMatchObject({ planned: 12, done: 6, skipped: 6 });
    expect((await cli('status', path('r'))).out).toContain('6 stored runs outside this plan');
  });

  it('filters and constrains by policies with amendments, of which 4 of 8 runs are left', async () => {
    const amended = STUDY.replace('kernelmode, free', 'bypage+GATE, bypage-SFI').concat(
      "constraint: policy != 'bypage+GATE'\n",
    );
    const { code, out } = await cli('sweep', study(amended), '--dry', '--json', '-r', "policy == 'bypage-SFI'");

    expect([code, json(out)['count']]).toEqual([0, 4]);
    expect(await cli('sweep', study(amended), '--dry', '-r', "policy == 'bypage-SFY'")).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean -SFI?') as string,
    });
  });

  it('refuses a filter with a wrong name or type, exit 2', async () => {
    expect((await cli('sweep', study(), '-r', "polcy == 'free'")).err).toContain(
      `-r polcy == 'free' (option): unknown name at character 1 (got "polcy"`,
    );
    expect((await cli('sweep', study(), '-r', 'cores > true')).err).toContain('> cannot join 1 and true');
  });
});

describe('run and command', () => {
  it('command prints a line that repeats a run of a sweep to the same bytes', async () => {
    await cli('sweep', study(), '--out', path('r'));
    const name = 'quick-cores=2,policy=free#1';
    const { out } = await cli('command', path('r'), name);
    const words = out.trim().split(' ').slice(1);
    const { code, out: repeated } = await cli(...words, '--json');

    expect(words[0]).toBe('run');
    expect(code).toBe(0);
    expect(json(repeated)).toMatchObject({ name, stored: 'equal', differing: [] });

    const elsewhere = [...words.slice(0, -1), path('other')];
    const { run } = json((await cli(...elsewhere, '--json')).out) as { run: string };
    for (const file of ['config.json', 'stats.json', 'fingerprint.txt']) {
      const stored = `runs/${run.slice(0, 2)}/${run}/${file}`;
      expect(text(`other/${stored}`)).toBe(text(`r/${stored}`));
    }
  });

  it('run finds that a stored run has other bytes, exit 4, and leaves them', async () => {
    const first = json(
      (await cli('run', study(), '-o', 'policy=free', '-o', 'cores=2', '--out', path('r'), '--json')).out,
    );
    const file = join(String(first['dir']), 'stats.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"events": 2', '"events": 3'));
    const { code, out } = await cli('run', study(), '-o', 'policy=free', '-o', 'cores=2', '--out', path('r'));

    expect(first).toMatchObject({
      stored: 'new',
      name: 'quick-base#0',
      metrics: [{ name: 'throughput' }, { name: 'latency.p99' }],
    });
    expect(code).toBe(4);
    expect(out).toContain('DIFFERENT from the run stored in');
    expect(readFileSync(file, 'utf8')).toContain('"events": 3');
  });

  it('run says on stderr which levels it took, and fails with exit 3 and the stack', async () => {
    const { err } = await cli('run', study(), '--out', path('r'));
    const failed = await cli('run', study(), '-o', 'params.load=0.13', '--out', path('r'));

    expect(err).toBe('taking cores=1,policy=baseline: set -o cores=... -o policy=... for another point\n');
    expect(failed.code).toBe(3);
    expect(failed.out).toContain('failed: load 0.13 is unlucky');
  });

  it('command finds a run by the start of its id and suggests the nearest name', async () => {
    await cli('sweep', study(), '--out', path('r'), '-r', 'repetition == 0');
    const { runs } = json((await cli('sweep', study(), '--dry', '--json')).out) as {
      runs: { id: string; name: string }[];
    };

    expect(json((await cli('command', path('r'), runs[3].id.slice(0, 6), '--json')).out)).toMatchObject({
      run: runs[3].id,
    });
    expect(await cli('command', path('r'), 'quick-cores=2,polcy=free#1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean quick-cores=2,policy=free#1?') as string,
    });
  });
});

describe('archive, verify and reproduce', () => {
  it('prove a study: equal archives from two sweeps, whole, and 12 of 12 runs equal', async () => {
    await cli('sweep', study(), '-j', '1', '--out', path('a'));
    await cli('sweep', study(), '-j', '3', '--out', path('b'));
    await cli('archive', path('a'), '--out', path('za'));
    const { out } = await cli('archive', path('b'), '--out', path('zb'));

    expect(out).toBe(`${path('zb/quick.zip')}\n`);
    expect(readFileSync(path('za/quick.zip')).equals(readFileSync(path('zb/quick.zip')))).toBe(true);
    expect(json((await cli('verify', path('za/quick.zip'), '--json')).out)).toMatchObject({
      ok: true,
      runs: 12,
      wrong: [],
    });
    expect(await cli('verify', path('a'))).toMatchObject({ code: 0 });
    expect(json((await cli('reproduce', path('za/quick.zip'), '--json')).out)).toMatchObject({
      ok: true,
      runs: 12,
      equal: 12,
    });
    expect(json((await cli('reproduce', path('a'), '--sample', '5', '--json')).out)).toMatchObject({
      runs: 5,
      equal: 5,
    });
  });

  it('refuse to archive a study with 6 of 12 runs, exit 2', async () => {
    await cli('sweep', study(), '--out', path('a'), '-r', 'cores == 1');

    expect(await cli('archive', path('a'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('lacks 6 runs of 12') as string,
    });
  });

  it('find a flipped byte, a cut file and a changed result, exit 4', async () => {
    await cli('sweep', study(), '--out', path('a'));
    await cli('archive', path('a'));
    const bytes = readFileSync(path('quick.zip'));
    const flipped = Buffer.from(bytes);
    flipped[200] ^= 1;
    writeFileSync(path('flipped.zip'), flipped);
    writeFileSync(path('cut.zip'), bytes.subarray(0, bytes.length / 2));
    const table = text('a/scalars.csv');
    writeFileSync(path('a/scalars.csv'), table.replace(/\d\n$/, '0\n'));

    for (const name of ['flipped.zip', 'cut.zip', 'a']) {
      expect(await cli('verify', path(name))).toMatchObject({ code: 4 });
      expect(await cli('reproduce', path(name), '--json')).toMatchObject({ code: 4 });
    }
  });
});

describe('plot', () => {
  it('names an unknown figure, metric and factor together with the nearest, exit 2, and draws nothing', async () => {
    await cli('sweep', study(), '--out', path('r'));
    const { code, err } = await cli('plot', path('r'), '--fig', 'gian', '--fig', 'lines:latency.p98:coers');

    expect(code).toBe(2);
    expect(err.split('\n').map((line) => line.replace(/ \(option\).*, did you mean/, ' ... did you mean'))).toEqual([
      '--fig gian ... did you mean gain?)',
      '--fig lines:latency.p98:coers ... did you mean latency.p99?)',
      '--fig lines:latency.p98:coers ... did you mean cores?)',
      '',
    ]);
    expect(existsSync(path('r/figures'))).toBe(false);
  });
});

describe('results that something else has changed', () => {
  beforeEach(async () => {
    await cli('sweep', study(), '--out', path('a'));
  });

  it.each(['stats.json', 'config.json'])(
    'are refused by sweep and archive, which name the %s of 2 runs, exit 2',
    async (name) => {
      const files = text('a/plan.jsonl')
        .split('\n')
        .slice(0, 2)
        .map((line) => (JSON.parse(line) as { id: string }).id)
        .map((id) => path(`a/runs/${id.slice(0, 2)}/${id}/${name}`));
      for (const file of files) writeFileSync(file, '{"cut');
      const swept = await cli('sweep', study(), '--out', path('a'));

      expect(swept.code).toBe(2);
      for (const file of files)
        expect(swept.err).toContain(`${file}: damaged: no JSON; remove the run's folder and sweep again`);
      expect(await cli('archive', path('a'))).toMatchObject({
        code: 2,
        err: expect.stringContaining(`${files[0]}: damaged`) as string,
      });
    },
  );

  it.each(['stats.txt', 'fingerprint.txt'])(
    'are archived by nobody who would not notice that %s no longer follows from the result, exit 2',
    async (name) => {
      writeFileSync(path(`${runOf()}/${name}`), '0\n');

      expect(await cli('archive', path('a'))).toMatchObject({
        code: 2,
        err: expect.stringContaining(`${path(`${runOf()}/${name}`)}: changed since it was written`) as string,
      });
    },
  );

  it.each([
    ['plan.jsonl', ['status', 'plot', 'archive'], 'damaged: no JSON; sweep again'],
    ['study.resolved.json', ['status', 'plot', 'archive'], 'damaged: no JSON; sweep again with --replace'],
    ['summary.csv', ['plot'], 'damaged: it lacks the columns component'],
    ['scalars.csv', ['archive'], 'changed since it was written'],
  ])('are refused for their %s by %j, exit 2', async (name, verbs, message) => {
    writeFileSync(path(`a/${name}`), 'cut');

    for (const verb of verbs)
      expect(await cli(verb, path('a'))).toMatchObject({
        code: 2,
        err: expect.stringContaining(`${path(`a/${name}`)}: ${message}`) as string,
      });
  });

  it('are made whole by sweep when a table or the plan was lost, and by --replace when the study was', async () => {
    for (const name of ['plan.jsonl', 'summary.csv', 'scalars.csv']) writeFileSync(path(`a/${name}`), 'cut');
    expect(await cli('sweep', study(), '--out', path('a'))).toMatchObject({ code: 0 });
    writeFileSync(path('a/study.resolved.json'), 'cut');

    expect(await cli('sweep', study(), '--out', path('a'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('give --replace if this study is the one') as string,
    });
    expect(await cli('sweep', study(), '--out', path('a'), '--replace')).toMatchObject({ code: 0 });
    expect(await cli('archive', path('a'))).toMatchObject({ code: 0 });
  });
});

describe('a file that cannot be read or written', () => {
  it.each([
    ['attack', '.'],
    ['oracle', 'pages', '.'],
    ['oracle', 'sched', '.'],
    ['oracle', 'cache', '.', '--i1', '32768,8,64', '--d1', '32768,8,64', '--ll', '32768,8,64'],
    ['machine', 'check', '.'],
    ['validate', '--targets', '.'],
    ['calibrate', '--from', '.'],
  ])('is named when it is a folder: %s %s %s, exit 2', async (...argv) => {
    expect(await cli(...argv)).toMatchObject({
      code: 2,
      err: expect.stringContaining('.: a folder, not a file') as string,
    });
  });

  it('is named when the folder of results is a file, exit 2', async () => {
    writeFileSync(path('f'), '');

    expect(await cli('sweep', study(), '--out', path('f/r'))).toMatchObject({
      code: 2,
      err: `${path('f/r')}: not a directory\n`,
    });
  });

  it.each([
    ['sweep', 'study'],
    ['machine', 'check'],
    ['attack', 'file'],
  ])('is one mistake when it is binary: %s, exit 2', async (...argv) => {
    writeFileSync(path('b.yaml'), Buffer.from([0x7f, 0x45, 0, 1, 0x3a, 0x20, 0x0a, 0x5b, 0, 0x0a]));
    const words = argv[1] === 'check' ? argv : argv.slice(0, 1);
    const { code, err } = await cli(...words, path('b.yaml'));

    expect(code).toBe(2);
    expect(err).toMatch(/b\.yaml:1(:1)? \(syntax\): a binary file, neither YAML nor JSON\n$/);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

describe('schema', () => {
  it('is the published file experiments/study.schema.json', async () => {
    const published = readFileSync(new URL('../../experiments/study.schema.json', import.meta.url), 'utf8');

    expect((await cli('schema')).out).toBe(published);
  });
});

describe('trace', () => {
  it('leaves no file behind when its window is none, exit 2', async () => {
    await cli('sweep', study(), '-r', "policy == 'free' && cores == 1", '--out', path('r'));
    const { id } = JSON.parse(text('r/plan.jsonl').split('\n')[0]) as { id: string };
    const { code, err } = await cli('trace', path('r'), id, '--window', '5..2', '--out', path('t.perf'));

    expect([code, existsSync(path('t.perf'))]).toEqual([2, false]);
    expect(err).toContain('a < b');
  });
});
