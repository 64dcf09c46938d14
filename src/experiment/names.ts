import { machines } from '../hw/profiles/index.ts';
import { sourcedLeaves } from '../hw/checkprofile.ts';
import { policies } from '../kernel/policies/index.ts';
import { workloads } from '../workloads/index.ts';
import type { Catalogue } from './catalogue.ts';

/** Everything a study may name: the machines, policies and workloads of this version. */
export const catalogue: Catalogue = { machines, policies, workloads, profilePaths };

function profilePaths(machine: string): ReturnType<Catalogue['profilePaths']> {
  return Object.fromEntries(
    sourcedLeaves(machines[machine]).map(([path, { value, range }]) => [path, { value, range }]),
  );
}
