import { OK } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { spaceOf } from './world.ts';
import type { World } from './world.ts';

/** prctl PR_SET_MDWE (refuse-exec-gain) by process p: cannot be undone, is inherited by fork, leaves present mappings as they are. */
export function mdwe(world: World, { p }: { readonly p: number }): Outcome {
  spaceOf(world, p).denyExecGain = true;
  return OK;
}
