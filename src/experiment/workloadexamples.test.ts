import { expect, it } from 'vitest';
import { measurements } from './expand.ts';
import { catalogue } from './names.ts';
import { readStudyFile } from './node/readstudy.ts';
import { loadStudy } from './study.ts';
import { exampleOfWorkload } from './workloadexamples.ts';

it.each(Object.keys(catalogue.workloads))('%s has a worked example that loads and runs it', (workload) => {
  const study = loadStudy(exampleOfWorkload(workload), readStudyFile, { catalogue });

  const runs = measurements(study, catalogue);
  expect(runs.filter(({ config }) => config.workload === workload).length).toBeGreaterThan(1);
});
