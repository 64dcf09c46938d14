import { describe, expect, test } from 'vitest';
import { readCase } from '../../src/check/pagecase.ts';
import type { RecordedCase } from '../../src/check/pagecase.ts';
import { PAGE_MODEL, PageReplayer } from '../../src/check/pageoracle.ts';
import type { PageModel } from '../../src/check/pageoracle.ts';
import { mutant } from './mutant.ts';
import { MUTATIONS } from './mutations.ts';
import { sampleLines } from './sample.ts';

const CASES = [...sampleLines('recorded'), ...sampleLines('further')].map((line) => readCase(line) as RecordedCase);

/** Whether the model disagrees with the kernel somewhere. */
function noticed(model: PageModel): boolean {
  const replayer = new PageReplayer(model);
  return CASES.some((recorded) => {
    replayer.replay(recorded);
    return replayer.result().disagree > 0;
  });
}

describe('a model of pages with one rule broken', () => {
  test('is not seen in the unbroken model', () => {
    expect(noticed(PAGE_MODEL)).toBe(false);
  });

  test.each(MUTATIONS)('is noticed on the recordings: $file, $rule', (mutation) => {
    expect(noticed(mutant(mutation))).toBe(true);
  });
});
