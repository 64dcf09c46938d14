import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cli } from './fakecontext.ts';

it('ringsim saturate refuses a study whose load is not open, and says what it needs', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ringsim-saturate-'));
  const file = join(dir, 's.yaml');
  writeFileSync(file, 'experiment: s\nbase: {machine: server, workload: http}\nrepeat: 1\n');
  const { code, err } = await cli('saturate', file);
  rmSync(dir, { recursive: true });

  expect(code).toBe(2);
  expect(err).toContain('params.arrivals open, mmpp or diurnal');
});
