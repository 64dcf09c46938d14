import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { COUNTER_NAMES } from '../src/hw/cachegrind/counters.ts';
import { parseCache, type Geometry } from '../src/hw/cachegrind/geometry.ts';
import { replayTrace, TraceReplayer } from '../src/hw/cachegrind/replay.ts';

const RECORDED = 'test/data/lackey';
/** Counters of cachegrind's summary line by trace and geometry; see record.sh beside it. */
const EXPECTED = JSON.parse(readFileSync(`${RECORDED}/expected.json`, 'utf8')) as Record<
  string,
  Record<string, string>
>;

function geometry(text: string): Geometry {
  const [i1, d1, ll] = text.split(' ').map((cache) => parseCache(cache)!);
  return { i1, d1, ll };
}

function summary(counters: Readonly<Record<string, number>>): string {
  return COUNTER_NAMES.map((name) => counters[name]).join(' ');
}

describe('recorded traces', () => {
  const cases = Object.entries(EXPECTED).flatMap(([name, byGeometry]) =>
    Object.entries(byGeometry).map(([caches, wanted]) => [name, caches, wanted] as const),
  );

  it('are three programs under nine geometries each', () => {
    expect(cases.length).toBe(27);
  });

  it.each(cases)('%s with %s has the nine counters of cachegrind 3.19', (name, caches, wanted) => {
    const trace = gunzipSync(readFileSync(`${RECORDED}/${name}.lackey.gz`));
    const { counters, malformedLines } = replayTrace([trace], geometry(caches));
    expect(summary(counters)).toBe(wanted);
    expect(malformedLines).toBe(0);
  });
});

/** Debian's wrapper script adds variables to the environment; the program behind it does not. */
const VALGRIND = ['valgrind.bin', 'valgrind'].find((tool) =>
  spawnSync(tool, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('valgrind-'),
);
/** The last variable keeps the dynamic loader from reading past LD_PRELOAD into random bytes, which differ from run to run. */
const ENVIRONMENT = { LD_PRELOAD: '', PERL_HASH_SEED: '0', ZZ: 'zzzzzzzzzzzz' };
/** Real programs; each must do the same in every run. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  ls: ['/bin/ls', '/'],
  cat: ['/bin/cat', '/etc/passwd'],
  gzip: ['/bin/gzip', '-9c', 'package.json'],
  sort: ['/usr/bin/sort', 'package.json'],
  perl: ['/usr/bin/perl', '-e', 'print 1'],
  mix: ['mix'],
};
const CAPTURED = [
  '32768,8,64 32768,8,64 33554432,16,64',
  '16384,2,32 8192,1,32 262144,8,32',
  '8192,4,128 49152,12,64 1048576,16,32',
  '384,3,64 640,5,128 12288,3,32',
];
const missing = VALGRIND === undefined ? ' (skipped: valgrind is not installed)' : '';

describe.skipIf(VALGRIND === undefined)(`captured traces${missing}`, () => {
  const folder = VALGRIND === undefined ? '' : mkdtempSync(join(tmpdir(), 'ringsim-lackey-'));

  const flags = ['-O2', '-march=x86-64-v3', '-fno-tree-loop-distribute-patterns', '-fno-stack-protector'];
  if (VALGRIND !== undefined)
    spawnSync('gcc', [...flags, '-nostdlib', '-static', '-o', join(folder, 'mix'), `${RECORDED}/mix.c`]);
  afterAll(() => rmSync(folder, { recursive: true }));

  function pathOf(program: string): string {
    return program.startsWith('/') ? program : join(folder, program);
  }

  /** Runs a program under a tool and gives the path of the file it wrote; `%` in the options stands for that path. */
  async function run(options: readonly string[], [program, ...rest]: readonly string[]): Promise<string> {
    const file = join(folder, 'out');
    const resolved = options.map((option) => option.replace('%', file));
    const child = spawn(VALGRIND!, [...resolved, pathOf(program), ...rest], { env: ENVIRONMENT, stdio: 'ignore' });
    await once(child, 'close');
    return file;
  }

  // Lackey writes line by line: into a file, as each line through a pipe would cost a switch between processes.
  async function replayEach(command: readonly string[]): Promise<string[]> {
    const options = [
      '--tool=lackey',
      '--vex-iropt-register-updates=sp-at-mem-access',
      '--trace-mem=yes',
      '--log-file=%',
    ];
    const replayers = CAPTURED.map((caches) => new TraceReplayer(geometry(caches)));
    for await (const chunk of createReadStream(await run(options, command)))
      for (const replayer of replayers) replayer.add(chunk as Uint8Array);
    return replayers.map((replayer) => summary(replayer.result().counters));
  }

  async function cachegrind(command: readonly string[], caches: string): Promise<string> {
    const [i1, d1, ll] = caches.split(' ');
    const options = ['--tool=cachegrind', '--cache-sim=yes', `--I1=${i1}`, `--D1=${d1}`, `--LL=${ll}`];
    const file = await run([...options, '--cachegrind-out-file=%'], command);
    return /^summary: (.*)$/m.exec(readFileSync(file, 'utf8'))![1].trim();
  }

  for (const [name, command] of Object.entries(PROGRAMS)) {
    const isThere = existsSync(pathOf(command[0]));
    const title = `of ${name} have the nine counters of cachegrind with four geometries`;
    it.skipIf(!isThere)(isThere ? title : `${title} (skipped: no ${command[0]})`, { timeout: 240_000 }, async () => {
      const wanted: string[] = [];
      for (const caches of CAPTURED) wanted.push(await cachegrind(command, caches));
      expect(await replayEach(command)).toEqual(wanted);
    });
  }
});
