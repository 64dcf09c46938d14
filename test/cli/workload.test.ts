import { expect, it } from 'vitest';
import { catalogue } from '../../src/experiment/names.ts';
import { fakeCatalogue } from './fakecatalogue.ts';
import { cli } from './fakecontext.ts';

it('ringsim workload list names every workload of the catalogue', async () => {
  const { code, out } = await cli('workload', 'list', '--json');
  const names = (JSON.parse(out) as { name: string }[]).map(({ name }) => name);

  expect([code, names]).toEqual([0, Object.keys(fakeCatalogue.workloads)]);
});

it('ringsim workload show gives each parameter with default, unit and range, and the nearest name for a slip', async () => {
  const [name] = Object.keys(fakeCatalogue.workloads);
  const { out } = await cli('workload', 'show', name);

  for (const [param, { doc }] of Object.entries(fakeCatalogue.workloads[name].params))
    expect(out).toMatch(new RegExp(`params\\.${param} .*${doc.slice(0, 10)}`));
  expect((await cli('workload', 'show', `${name}x`)).err).toContain(`did you mean ${name}`);
});

it('every parameter of every workload says its unit and what it is', () => {
  const specs = Object.values(catalogue.workloads).flatMap(({ params }) => Object.values(params));

  expect(specs.length).toBeGreaterThan(30);
  for (const { doc, unit } of specs) expect(doc.length > 10 && unit.length > 0).toBe(true);
});
