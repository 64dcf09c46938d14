import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { caseReader } from '../src/check/capabilitycase.ts';
import type { RecordedStep } from '../src/check/capabilitycase.ts';
import { readCapabilityFiles } from '../src/check/capabilityfiles.ts';
import { differences } from '../src/check/capabilityobservation.ts';
import type { Apply } from '../src/check/capabilityoracle.ts';
import { applyOperation } from '../src/kernel/semantics/linux/operations.ts';
import type { Credentials } from '../src/kernel/semantics/linux/credentials.ts';
import { MUTANTS } from './capabilitymutants.ts';
import type { Mutant } from './capabilitymutants.ts';

interface Transition {
  readonly before: Credentials;
  readonly step: RecordedStep;
}

/** Every step of a recording with the state before it. */
function transitions(folder: string): Transition[] {
  const at = (name: string) => readFileSync(fileURLToPath(new URL(`data/${folder}/${name}`, import.meta.url)));
  const read = caseReader(readCapabilityFiles(JSON.parse(at('files.json').toString('utf8'))).files);
  const lines = gunzipSync(at('cases.jsonl.gz')).toString('utf8').trimEnd().split('\n');
  return lines.flatMap((line) => {
    const recorded = read(line);
    if (!('steps' in recorded)) throw new Error(recorded.join('; '));
    const { init, steps } = recorded;
    return steps.map((step, index) => ({ step, before: (index === 0 ? init : steps[index - 1].after).credentials }));
  });
}

const recorded = [...transitions('cap'), ...transitions('cap/more')];
const semantics = fileURLToPath(new URL('../src/kernel/semantics', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'ringsim-mutants-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Node's own loader: it runs TypeScript as it is, and much faster than the test runner's. */
const native = createRequire(import.meta.url);

/** The rules with one text replaced, loaded from a copy of their sources. */
function load(name: string, [file, , from, to]: Mutant): Apply {
  const copy = join(scratch, name);
  cpSync(join(semantics, 'linux'), join(copy, 'linux'), { recursive: true });
  cpSync(join(semantics, 'errno.ts'), join(copy, 'errno.ts'));
  const path = join(copy, 'linux', `${file}.ts`);
  const source = readFileSync(path, 'utf8');
  expect(source.split(from), `the text of the rule in ${file}.ts`).toHaveLength(2);
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  const module = native(join(copy, 'linux', 'operations.ts')) as { applyOperation: Apply };
  return module.applyOperation;
}

function isNoticed(apply: Apply): boolean {
  return recorded.some(({ before, step }) => differences(step, apply(before, step.operation)).length > 0);
}

describe('the recorded steps', () => {
  it('find nothing wrong with the rules as they are', () => {
    expect(isNoticed(applyOperation)).toBe(false);
  });

  for (const [index, mutant] of MUTANTS.entries()) {
    it(`notice when ${mutant[0]} breaks the rule: ${mutant[1]}`, () => {
      expect(isNoticed(load(String(index), mutant))).toBe(true);
    });
  }
});
