import { mappingAt } from './addressspace.ts';
import { load, populate, store } from './fault.ts';
import type { Mapping } from './mapping.ts';
import { OK, failed, got } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { PageArgs, PageValueArgs } from './probe.ts';
import { WRITE, allows } from './prot.ts';
import type { TrustRules } from './trust.ts';
import { spaceOf } from './world.ts';
import type { World } from './world.ts';

/** pread of /proc/PID/mem: forced, so that even PROT_NONE can be read; a hole or a page past the end of its object is EIO. */
export function procmemRead(world: World, { p, page }: PageArgs): Outcome {
  const space = spaceOf(world, p);
  const mapping = mappingAt(space, page);
  if (!mapping || !populate(space, mapping, page, false)) return failed('EIO');
  return got(load(space, mapping, page));
}

/** pwrite of /proc/PID/mem, with FOLL_FORCE (Linux CONFIG_PROC_MEM_ALWAYS_FORCE). */
export function procmemWrite(world: World, { p, page, value }: PageValueArgs): Outcome {
  const space = spaceOf(world, p);
  const mapping = mappingAt(space, page);
  if (!mapping || !mayForce(mapping, world.trust) || !populate(space, mapping, page, true)) return failed('EIO');
  store(space, mapping, page, value);
  return OK;
}

/** A missing right to write is overridden in private memory, into a copy (Linux is_cow_mapping), and stands in shared memory. */
function mayForce(mapping: Mapping, trust: TrustRules | null): boolean {
  if (allows(mapping.prot, WRITE)) return true;
  return !mapping.shared && !(mapping.trusted && trust?.noForce);
}
