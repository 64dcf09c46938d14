import { z } from 'zod';
import type { Credentials, Ids } from '../kernel/semantics/linux/credentials.ts';
import { recordedCapSet } from './capabilityfiles.ts';

/** A number that stands for no or yes. */
export const flag = z.union([z.literal(0), z.literal(1)]);

const id = z.int().min(0);
const ids = z
  .tuple([id, id, id, id])
  .transform(([real, effective, saved, filesystem]): Ids => ({ real, effective, saved, filesystem }));

/** A recorded state, and what the kernel let the process do with the two capabilities. */
export const recordedState = z
  .object({
    uid: ids,
    gid: ids,
    /** Supplementary groups, written only by a recorder that has some. */
    groups: z.array(id).default([]),
    prm: recordedCapSet,
    eff: recordedCapSet,
    inh: recordedCapSet,
    bnd: recordedCapSet,
    amb: recordedCapSet,
    nnp: flag,
    securebits: z.int(),
    dumpable: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    can_raw: flag,
    can_nice: flag,
  })
  .transform((seen) => ({
    credentials: {
      user: seen.uid,
      group: seen.gid,
      groups: seen.groups,
      permitted: seen.prm,
      effective: seen.eff,
      inheritable: seen.inh,
      bounding: seen.bnd,
      ambient: seen.amb,
      securebits: seen.securebits,
      noNewPrivileges: seen.nnp === 1,
      dumpable: seen.dumpable,
    } satisfies Credentials,
    canRaw: seen.can_raw,
    canNice: seen.can_nice,
  }));
/** A recorded state of capabilities and ids, as it was read. */
export type RecordedState = z.output<typeof recordedState>;
