import { run as simulate } from '../run.ts';
import { engines } from './engines.ts';
import type { RunFunction } from './protocol.ts';

/** The simulator behind the pool, on the engine asked for. */
export const run: RunFunction = (spec, { engine }) => simulate(spec, { engine: engines[engine]() });
