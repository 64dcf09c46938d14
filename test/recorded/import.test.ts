import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, asyncProperty, nat, string, tuple } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importServer } from '../../src/experiment/import/importer.ts';
import { findInputs, openCapture } from '../../src/experiment/node/import/inputs.ts';
import { printJson } from '../../src/experiment/import/print.ts';

const root = (path: string) => new URL(`../../${path}`, import.meta.url);
const capture = (name: string) => root(`experiments/traces/${name}`).pathname;
const excerpt = (name: string) => root(`test/data/traces/${name}`).pathname;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recorded-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('import of whole captures', () => {
  it.each(['jdkhttp17-fixed4', 'nio17-1'])('rebuilds the model of %s byte for byte', async (name) => {
    const [input] = await findInputs([capture(`${name}.perf.txt.gz`), capture(`${name}.strace.gz`)], {});
    const rebuilt = `${printJson((await importServer(input)).model)}\n`;
    expect(rebuilt).toBe(readFileSync(root(`src/workloads/recorded/${name}.json`), 'utf8'));
  });
});

describe('import of excerpts', () => {
  it('takes order and sizes from strace alone, with user time given, and no kernel times', async () => {
    const { model } = await importServer({
      name: 'nio',
      strace: await openCapture(excerpt('nio17-1.strace')),
      userSeconds: 40e-6,
    });
    const role = model.roles[0];
    expect(model.provenance).toMatchObject({ primary: 'strace', requests: 40 });
    expect(role).toMatchObject({ name: 'event-loop', threads: 1, head: 'epoll_wait:block' });
    expect(role.sites.find((s) => s.id === 'write:socket')).toMatchObject({ kernelNs: null, gapNs: { n: 40 } });
    const user = role.sites.reduce((sum, s) => sum + s.userNs * s.perRequest, 0);
    expect(Math.abs(user - 1000)).toBeLessThan(1);
  });

  it('takes times from perf alone and then leaves load dependence open', async () => {
    const { model } = await importServer({ name: 'nio', perf: await openCapture(excerpt('nio17-1.perf.txt')) });
    expect(model.roles[0].sites.every((s) => s.loadDependent === null && s.perRequestStrace === null)).toBe(true);
    expect(model.roles[0].sites.find((s) => s.id === 'read:socket')?.kernelNs?.n).toBe(40);
  });

  it('finds dispatcher and 4 workers in interleaved strace lines', async () => {
    const { model } = await importServer({
      name: 'jdk',
      strace: await openCapture(excerpt('jdkhttp17-fixed4.strace')),
    });
    expect(model.roles.map((r) => [r.name, r.threads])).toEqual([
      ['dispatcher', 1],
      ['worker', 4],
    ]);
    expect(model.roles[1].sites.map((s) => s.id)).toContain('write:socket:header');
  });

  it('gives the same model whatever foreign lines stand between, and counts these', async () => {
    const lines = readFileSync(excerpt('nio17-1.perf.txt'), 'utf8').split('\n');
    const { model: clean } = await importServer({ name: 'nio', perf: await openCapture(excerpt('nio17-1.perf.txt')) });
    const foreign = array(tuple(nat(lines.length - 1), string({ minLength: 1, maxLength: 80 })), {
      minLength: 1,
      maxLength: 20,
    });
    const property = asyncProperty(foreign, async (inserted) => {
      const mixed = [...lines];
      for (const [at, text] of inserted) mixed.splice(at, 0, `!${text.replace(/[\r\n]/g, ' ')}`);
      const path = join(folder, 'nio17-1.perf.txt');
      writeFileSync(path, mixed.join('\n'));
      const { provenance, ...model } = (await importServer({ name: 'nio', perf: await openCapture(path) })).model;
      expect(provenance.problems).toHaveLength(1);
      expect(provenance.problems[0][2]).toBe(inserted.length);
      expect({ ...model, provenance: { ...provenance, problems: [] } }).toEqual(clean);
    });
    await assert(property, { numRuns: 5, seed: 1 });
  });

  it('refuses a capture without calls and a foreign file', async () => {
    const empty = join(folder, 'empty.strace');
    writeFileSync(empty, '');
    await expect(importServer({ name: 'x', strace: await openCapture(empty, 'strace') })).rejects.toThrow(
      'no system call in it',
    );
    await expect(findInputs([root('package.json').pathname], {})).rejects.toThrow(
      'neither a perf nor a strace listing',
    );
    await expect(importServer({ name: 'x' })).rejects.toThrow('neither a perf nor a strace');
  });

  it('models a trace that answers no request whole, as often as it is said to repeat', async () => {
    const path = join(folder, 'idle.strace');
    const lines = Array.from({ length: 300 }, (_, i) => {
      const t = (i * 0.001).toFixed(6);
      return i % 3 === 0 ? `7 ${t} getpid() = 7 <0.000010>` : `7 ${t} read(3, "x", 1) = 1 <0.000020>`;
    });
    writeFileSync(path, lines.join('\n'));
    const { model, report } = await importServer({ name: 'x', strace: await openCapture(path), requests: 100 });

    expect(report.servesRequests).toBe(false);
    expect(model.roles.map(({ callsPerRequest, threads }) => [callsPerRequest, threads])).toEqual([[3, 1]]);
    expect(report.worst).toBeLessThan(0.02);
    expect(report.dropped).toEqual({ outside: 0, threads: 0, rare: 0 });
  });

  it('goes on where a listing begins with 300 foreign lines, when the tool is named', async () => {
    const path = join(folder, 'late.strace');
    const foreign = Array.from({ length: 300 }, (_, i) => `warning ${i}: something else`);
    writeFileSync(path, [...foreign, readFileSync(excerpt('nio17-1.strace'), 'utf8')].join('\n'));
    const { model, report } = await importServer({ name: 'nio', strace: await openCapture(path, 'strace') });

    expect(model.provenance.requests).toBe(40);
    expect(report.unusedLines).toEqual([
      { file: 'late.strace', kind: 'line not in strace form', count: 300, lines: [1, 2, 3, 4, 5] },
    ]);
  });
});

describe('what a model gives back', () => {
  it.each([
    ['jdkhttp17-fixed4', 'perf.txt.gz'],
    ['jdkhttp17-fixed4', 'strace.gz'],
    ['nio17-1', 'perf.txt.gz'],
    ['nio17-1', 'strace.gz'],
  ])(
    'differs by less than 5 %% from the whole capture %s.%s in mix, rate and times between calls',
    async (name, form) => {
      const { model, report } = await importServer({
        name,
        [form.split('.')[0]]: await openCapture(capture(`${name}.${form}`)),
      });
      const times = report.compared.filter(({ what }) => what.includes('time between calls'));

      expect(report.servesRequests).toBe(true);
      expect(times).toHaveLength(3 * model.roles.length);
      for (const { what, deviation } of report.compared)
        expect([what, Math.abs(deviation) < 0.05]).toEqual([what, true]);
    },
  );

  it('sums to the untraced user time; without it, strace loses the shortest time between calls', async () => {
    const strace = await openCapture(excerpt('nio17-1.strace'));
    const given = await importServer({ name: 'nio', strace, userSeconds: 0.0004 });
    const guessed = await importServer({ name: 'nio', strace });
    const user = (imported: typeof given): number =>
      imported.model.roles.flatMap(({ sites }) => sites).reduce((sum, s) => sum + s.userNs * s.perRequest, 0);

    expect(Math.abs(user(given) / 10_000 - 1)).toBeLessThan(0.01);
    expect(user(guessed)).toBeGreaterThan(0);
    expect(user(guessed)).toBeLessThan(guessed.model.totals.tracedUserNs!);
  });
});
