import type { RunFunction } from './protocol.ts';
import { run as simulate } from '../run.ts';

/** The simulator behind the pool: `native` is our engine. */
export const run: RunFunction = (spec) => simulate(spec);
