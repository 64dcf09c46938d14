import type { Scenario } from './scenario.ts';
import { kptiScenarios } from './topics/kpti.ts';
import { lebenchScenarios } from './topics/lebench.ts';
import { managedScenarios } from './topics/managed.ts';
import { memoryScenarios } from './topics/memory.ts';
import { footprintScenarios, pollutionScenarios } from './topics/pollution.ts';
import { primitiveScenarios } from './topics/primitives.ts';
import { operationScenarios } from './topics/operations.ts';
import { serverScenarios } from './topics/servers.ts';

import { storageScenarios } from './topics/storage.ts';
import { unikernelScenarios } from './topics/unikernel.ts';
import { userMemoryScenarios } from './topics/usermemory.ts';

/** Scenarios by name; each runs the simulator. A new one is a row in the file of its topic. */
export const SCENARIOS = {
  ...operationScenarios,
  ...serverScenarios,
  ...lebenchScenarios,
  ...kptiScenarios,
  ...pollutionScenarios,
  ...userMemoryScenarios,
  ...storageScenarios,
  ...unikernelScenarios,
  ...managedScenarios,
  ...primitiveScenarios,
  ...memoryScenarios,
} as const satisfies Record<string, Scenario>;
/** Name of a scenario. */
export type ScenarioName = keyof typeof SCENARIOS;

/** A scenario by name, one of the table or the footprint of a call. */
export const scenarioOf = (name: ScenarioName): Scenario =>
  (SCENARIOS as Readonly<Record<string, Scenario>>)[name] ?? footprintScenarios[name];
