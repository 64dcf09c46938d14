import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readAttacks } from '../../src/check/attackfile.ts';
import { semanticsDocument } from '../../src/check/document.ts';
import { REQUIREMENTS } from '../../src/check/requirements.ts';
import type { Requirement } from '../../src/check/requirements.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const requirements = Object.entries<Requirement>(REQUIREMENTS);

test('docs/semantics.md is what the code says', async () => {
  await expect(semanticsDocument()).toMatchFileSnapshot('../../docs/semantics.md');
});

test('all 31 sentences are covered by a program of the catalogue or by a test', () => {
  expect(requirements.map(([id]) => id)).toEqual(Array.from({ length: 31 }, (_, i) => `S${i + 1}`));
  for (const [id, { programs, tests }] of requirements)
    expect(`${id}: ${programs.length + tests.length}`).not.toBe(`${id}: 0`);
});

test('every program and test that a requirement names exists', () => {
  const files = readdirSync(new URL('experiments/attacks/', ROOT)).filter((name) => name.endsWith('.yaml'));
  const ids = new Set(
    files.flatMap((name) => readAttacks(read(`experiments/attacks/${name}`), name).map(({ id }) => id)),
  );
  const tests = ['test/semantics/check.test.ts', 'test/semantics/mutants.test.ts', 'src/kernel/semantics/gate.test.ts']
    .map(read)
    .join('\n');
  for (const [id, { programs, tests: titles }] of requirements) {
    for (const program of programs)
      expect(`${id} ${ids.has(program) ? program : `missing ${program}`}`).toBe(`${id} ${program}`);
    for (const title of titles) expect(tests, id).toContain(title);
  }
});
