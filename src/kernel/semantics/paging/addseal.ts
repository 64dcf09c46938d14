import type { SealName } from './object.ts';
import { OK, failed } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { mappingsOf } from './world.ts';
import type { World } from './world.ts';

/** fcntl F_ADD_SEALS on the memfd, by process p. */
export interface AddSealArgs {
  readonly seal: SealName;
}

/**
 * Seals add up and are never taken back. The write seal is refused (EBUSY) while any process has a shared mapping of the memfd that is
 * or could become writable; future_write leaves such mappings as they are.
 */
export function addSeal(world: World, { seal }: AddSealArgs): Outcome {
  const { object } = world.files.memfd;
  if (seal === 'write') {
    for (const [, mapping] of mappingsOf(world, object)) if (mapping.shared && mapping.mayWrite) return failed('EBUSY');
  }
  object.seals.add(seal);
  return OK;
}
