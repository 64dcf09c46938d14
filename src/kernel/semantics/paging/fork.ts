import { createSpace } from './addressspace.ts';
import { inheritMapping } from './family.ts';
import { OK } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { spaceOf } from './world.ts';
import type { World } from './world.ts';

/** Process p makes process `child`. */
export interface ForkArgs {
  readonly p: number;
  readonly child: number;
}

/**
 * fork: the child gets the mappings with all attributes (seals, trust, MDWE too) and its own version of every private copy;
 * copy-on-write is only a way to delay that. Shared mappings show the same objects. Throws RangeError if `child` is alive.
 */
export function fork(world: World, { p, child }: ForkArgs): Outcome {
  const parent = spaceOf(world, p);
  if (world.spaces.has(child)) throw new RangeError(`process ${child} is already alive`);
  const space = {
    ...createSpace(),
    nextFamily: parent.nextFamily,
    copies: new Map(parent.copies),
    denyExecGain: parent.denyExecGain,
  };
  space.mappings = parent.mappings.map((mapping) => inheritMapping(space, mapping));
  world.spaces.set(child, space);
  return OK;
}
