import type { Scenario } from './scenario.ts';
import { memoryScenarios } from './topics/memory.ts';
import { primitiveScenarios } from './topics/primitives.ts';
import { operationScenarios } from './topics/operations.ts';
import { serverScenarios } from './topics/servers.ts';

/** Scenarios by name; each runs the simulator. A new one is a row in the file of its topic. */
export const SCENARIOS = {
  ...operationScenarios,
  ...serverScenarios,
  ...primitiveScenarios,
  ...memoryScenarios,
} as const satisfies Record<string, Scenario>;
/** Name of a scenario. */
export type ScenarioName = keyof typeof SCENARIOS;

/** A scenario by name. */
export const scenarioOf = (name: ScenarioName): Scenario => SCENARIOS[name];
