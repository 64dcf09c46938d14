import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { RULES } from '../kernel/semantics/linux/operations.ts';
import { readCapabilityFiles } from './capabilityfiles.ts';
import type { CapabilityFiles } from './capabilityfiles.ts';
import { replayCapabilities } from './capabilityoracle.ts';

function recording(folder: string): { lines: string[]; list: CapabilityFiles } {
  const at = (name: string) =>
    readFileSync(fileURLToPath(new URL(`../../test/data/${folder}/${name}`, import.meta.url)));
  const lines = gunzipSync(at('cases.jsonl.gz')).toString('utf8').trimEnd().split('\n');
  return { lines, list: readCapabilityFiles(JSON.parse(at('files.json').toString('utf8'))) };
}

const sample = recording('cap');
const files = sample.list.files;
const first = sample.lines[0] ?? '';

/** The first case with one text in place of another, which must be there. */
function altered(from: string, to: string): string {
  expect(first).toContain(from);
  return first.replace(from, to);
}

describe('the recorded kernel', () => {
  it('agrees with the rules on every step of 1400 cases, all recorded operations and 48 files', () => {
    const replay = replayCapabilities(sample.lines, files);
    expect(replay).toEqual({
      cases: 1400,
      steps: 13458,
      agree: 13458,
      disagree: 0,
      firstDisagreement: null,
      malformed: [],
    });
    const text = sample.lines.join('\n');
    for (const name of files.keys()) expect(text).toContain(`"file":"${name}"`);
    expect(files.size).toBe(48);
  });

  it('agrees on every step of 350 cases with all operations, groups, modes and version 3 attributes', () => {
    const { lines, list } = recording('cap/more');
    const replay = replayCapabilities(lines, list.files);
    expect(replay).toEqual({
      cases: 350,
      steps: 3909,
      agree: 3909,
      disagree: 0,
      firstDisagreement: null,
      malformed: [],
    });
    const text = lines.join('\n');
    for (const op of Object.keys(RULES)) expect(text).toContain(`"op":"${op}"`);
  });
});

describe('a replay', () => {
  it('names the first disagreement and every differing field, and goes on from the recorded state', () => {
    const changed = altered('"prm":"1fffeffffff","eff":"0000000000"', '"prm":"1fffefffffe","eff":"0000002000"');
    const { agree, disagree, firstDisagreement } = replayCapabilities(['', first, changed], files);
    expect(firstDisagreement).toMatchObject({ line: 3, seed: 1, case: 0, step: 1, op: 'exec' });
    expect(firstDisagreement?.differences).toEqual([
      { field: 'prm', expected: '1fffefffffe', actual: '1fffeffffff' },
      { field: 'eff', expected: '0000002000', actual: '0000000000' },
    ]);
    expect([agree + disagree, disagree > 0]).toEqual([26, true]);
  });

  it('compares return value, errno, AT_SECURE and what the kernel allowed', () => {
    const changes = [
      ['"ret":-1,"errno":"EPERM"', '"ret":0,"errno":null', 'ret errno secure'],
      ['"errno":"EPERM"', '"errno":"EINVAL"', 'errno'],
      ['"secure":1', '"secure":0', 'secure'],
      ['"can_raw":0', '"can_raw":1', 'can_raw'],
      ['"can_nice":0', '"can_nice":1', 'can_nice'],
      ['"dumpable":0', '"dumpable":2', 'dumpable'],
    ] as const;
    const found = changes.map(([from, to]) => {
      const { firstDisagreement } = replayCapabilities([altered(from, to)], files);
      return firstDisagreement?.differences.map(({ field }) => field).join(' ');
    });
    expect(found).toEqual(['ret errno', 'errno', 'secure', 'can_raw', 'can_nice', 'dumpable']);
  });

  it('names malformed lines and loses nothing else', () => {
    const truncated = first.slice(0, 100);
    const { cases, agree, malformed } = replayCapabilities([first, truncated, '', '[]', first], files);
    expect([cases, agree]).toEqual([2, 26]);
    expect(malformed.map(({ line }) => line)).toEqual([2, 4]);
    expect(malformed[0]?.message).toContain('not JSON');
  });

  it('says what is allowed for an unknown operation, errno and file, every mistake of a line', () => {
    const line = altered('"op":"amb_lower"', '"op":"amb_lover"').replace('"errno":"EPERM"', '"errno":"EFOO"');
    const { malformed, steps } = replayCapabilities([line, altered('"file":"v13"', '"file":"v99"')], files);
    expect(steps).toBe(0);
    expect(malformed.map(({ line }) => line)).toEqual([1, 2]);
    const [[errno, operation], [file]] = malformed.map(({ message }) => message.split('; steps'));
    expect(errno).toMatch(/^steps\[0\]\.errno: .*"EFOO".*EPERM/u);
    expect(operation).toMatch(/^\[2\]\.op: unknown operation "amb_lover"; allowed: .*amb_lower/u);
    expect(file).toMatch(/^steps\[0\]\.file: unknown file "v99"; allowed: v00, v01/u);
  });

  it('refuses wrong numbers of ids, sets that are not hexadecimal, and a missing state', () => {
    const lines = [
      altered('"args":[65534,1000,0]', '"args":[65534,1000]'),
      altered('"eff":"0080a00503"', '"eff":"0x80"'),
      altered('"init":', '"initial":'),
    ];
    const { malformed } = replayCapabilities(lines, files);
    expect(malformed.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(malformed[0]?.message).toBe('steps[4].args: must be 3 ids');
    expect(malformed[1]?.message).toBe('steps[5].eff: must be up to 16 hexadecimal digits');
    expect(malformed[2]?.message).toMatch(/^init: /u);
  });
});

describe('the list of files', () => {
  it('lists every mistake with its place', () => {
    const wrong = [{ file: 'a', owner: 0, group: -1, mode: '9755', fcaps: null }, 'b'];
    const { files, problems } = readCapabilityFiles(wrong);
    expect(files.size).toBe(0);
    expect(problems).toHaveLength(3);
    expect(problems[1]).toBe('[0].mode: must be octal digits such as 4755');
  });

  it('reads owner, mode and capabilities, version 2 unless another is named', () => {
    expect(files.get('v12')).toEqual({
      owner: 0,
      group: 1000,
      mode: 0o2755,
      capabilities: { version: 2, permitted: 0n, inheritable: 1n << 41n, effective: true, rootId: 0 },
    });
  });
});
