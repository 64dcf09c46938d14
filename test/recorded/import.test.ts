import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, asyncProperty, nat, string, tuple } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importServer } from '../../tools/recorded/importer.ts';
import { findInputs } from '../../tools/recorded/inputs.ts';
import { printJson } from '../../tools/recorded/print.ts';

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
    const rebuilt = `${printJson(await importServer(input))}\n`;
    expect(rebuilt).toBe(readFileSync(root(`src/workloads/recorded/${name}.json`), 'utf8'));
  });
});

describe('import of excerpts', () => {
  it('takes order and sizes from strace alone, with user time given, and no kernel times', async () => {
    const model = await importServer({ name: 'nio', strace: excerpt('nio17-1.strace'), userSeconds: 40e-6 });
    const role = model.roles[0];
    expect(model.provenance).toMatchObject({ primary: 'strace', requests: 40 });
    expect(role).toMatchObject({ name: 'event-loop', threads: 1, head: 'epoll_wait:block' });
    expect(role.sites.find((s) => s.id === 'write:socket')).toMatchObject({ kernelNs: null, gapNs: null });
    const user = role.sites.reduce((sum, s) => sum + s.userNs * s.perRequest, 0);
    expect(Math.abs(user - 1000)).toBeLessThan(1);
  });

  it('takes times from perf alone and then leaves load dependence open', async () => {
    const model = await importServer({ name: 'nio', perf: excerpt('nio17-1.perf.txt') });
    expect(model.roles[0].sites.every((s) => s.loadDependent === null && s.perRequestStrace === null)).toBe(true);
    expect(model.roles[0].sites.find((s) => s.id === 'read:socket')?.kernelNs?.n).toBe(40);
  });

  it('finds dispatcher and 4 workers in interleaved strace lines', async () => {
    const model = await importServer({ name: 'jdk', strace: excerpt('jdkhttp17-fixed4.strace') });
    expect(model.roles.map((r) => [r.name, r.threads])).toEqual([
      ['dispatcher', 1],
      ['worker', 4],
    ]);
    expect(model.roles[1].sites.map((s) => s.id)).toContain('write:socket:header');
  });

  it('gives the same model whatever foreign lines stand between, and counts these', async () => {
    const lines = readFileSync(excerpt('nio17-1.perf.txt'), 'utf8').split('\n');
    const clean = await importServer({ name: 'nio', perf: excerpt('nio17-1.perf.txt') });
    const foreign = array(tuple(nat(lines.length - 1), string({ minLength: 1, maxLength: 80 })), {
      minLength: 1,
      maxLength: 20,
    });
    const property = asyncProperty(foreign, async (inserted) => {
      const mixed = [...lines];
      for (const [at, text] of inserted) mixed.splice(at, 0, `!${text.replace(/[\r\n]/g, ' ')}`);
      const path = join(folder, 'nio17-1.perf.txt');
      writeFileSync(path, mixed.join('\n'));
      const { provenance, ...model } = await importServer({ name: 'nio', perf: path });
      expect(provenance.problems).toHaveLength(1);
      expect(provenance.problems[0][2]).toBe(inserted.length);
      expect({ ...model, provenance: { ...provenance, problems: [] } }).toEqual(clean);
    });
    await assert(property, { numRuns: 5, seed: 1 });
  });

  it('refuses a capture without calls or without requests, and a foreign file', async () => {
    const empty = join(folder, 'empty.strace');
    writeFileSync(empty, '');
    await expect(importServer({ name: 'x', strace: empty })).rejects.toThrow('no system call in it');
    const idle = join(folder, 'idle.strace');
    writeFileSync(idle, '7 1.000001 getpid() = 7 <0.000001>\n');
    await expect(importServer({ name: 'x', strace: idle })).rejects.toThrow('1 calls, but no request');
    await expect(findInputs([root('package.json').pathname], {})).rejects.toThrow(
      'neither a perf script nor a strace listing',
    );
    await expect(importServer({ name: 'x' })).rejects.toThrow('neither a perf nor a strace');
  });
});
