import { describe, expect, it } from 'vitest';
import type { PlanRow, Scalar } from '../archive/rows.ts';
import { runCommand, shellWord } from './command.ts';

const row = (itervars: Readonly<Record<string, Scalar>>): PlanRow => ({
  id: 'abcdef123456',
  name: 'x',
  measurement: 'm',
  itervars,
  spec: { config: {} as never, seed: 7, replication: 3 },
});

describe('the command of a run', () => {
  it('sets every level, the seed and the replication, and writes to the same folder', () => {
    expect(runCommand('ringsim', 'results/x', row({ cores: 2, kpti: false, policy: 'free' }))).toBe(
      'ringsim run results/x/study.resolved.json -o cores=2 -o kpti=false -o policy=free --seed 7 --replication 3 --out results/x',
    );
  });

  it('quotes texts that YAML would take for a number or a truth value', () => {
    expect(runCommand('ringsim', 'r', row({ 'params.mode': 'true', 'params.tag': '007' }))).toContain(
      `-o 'params.mode="true"' -o 'params.tag="007"'`,
    );
  });

  it('quotes words with blanks and quotes for the shell', () => {
    expect(shellWord("it's here")).toBe("'it'\\''s here'");
    expect(shellWord('a/b-c=1')).toBe('a/b-c=1');
  });
});
