import { expect, it } from 'vitest';
import { policies } from '../../kernel/policies/index.ts';
import { measurements } from '../expand.ts';
import { catalogue } from '../names.ts';
import { readStudyFile } from '../node/readstudy.ts';
import { loadStudy } from '../study.ts';
import { exampleOf } from './examples.ts';

it.each(Object.keys(policies))('%s has a worked example that loads and runs it beside the baseline', (policy) => {
  const study = loadStudy(exampleOf(policy)!, readStudyFile, { catalogue });

  expect(study.vary['policy']).toEqual(expect.arrayContaining(['baseline', policy]));
  expect(measurements(study, catalogue).length).toBeGreaterThan(2);
});

it('an amended policy has the example of the one that it amends', () => {
  expect(exampleOf('bypage-hardened-KSTK')).toBe('experiments/policies/bypage.yaml');
  expect(exampleOf('baseline+vdso')).toBe('experiments/policies/stock.yaml');
});
