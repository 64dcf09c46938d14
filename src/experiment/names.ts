import { machines } from '../hw/profiles/index.ts';
import { policies } from '../kernel/policies/index.ts';
import { workloads } from '../workloads/index.ts';
import type { Catalogue } from './catalogue.ts';
import { pathsOf } from './ownmachines.ts';

/** Everything a study may name: the machines, policies and workloads of this version. */
export const catalogue: Catalogue = { machines, policies, workloads, profilePaths };

function profilePaths(machine: string): ReturnType<Catalogue['profilePaths']> {
  return pathsOf(machines[machine]);
}
