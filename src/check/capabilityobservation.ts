import { Errno, errnoName } from '../kernel/semantics/errno.ts';
import { CAP_KERNELMODE, CAP_KRNLMODEBYPAGE } from '../kernel/semantics/linux/capability.ts';
import { holds } from '../kernel/semantics/linux/credentials.ts';
import type { Credentials, Ids } from '../kernel/semantics/linux/credentials.ts';
import type { Outcome } from '../kernel/semantics/linux/outcome.ts';
import type { RecordedStep } from './capabilitycase.ts';
import { recordedSet } from './capabilitystandins.ts';

/** A field of a step that came out otherwise than recorded, both as the recording writes it. */
export interface Difference {
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
}

/** Everything compared after a step. */
interface Seen {
  readonly ret: number;
  readonly errno: string | null;
  readonly secure: 0 | 1 | null;
  readonly credentials: Credentials;
  readonly canRaw: 0 | 1;
  readonly canNice: 0 | 1;
}

function asFlag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

/** What a recorder would have seen of an outcome. */
function observe({ value, errno, secure, credentials }: Outcome): Seen {
  return {
    ret: value,
    errno: errno === Errno.OK ? null : errnoName(errno),
    secure: secure === null ? null : asFlag(secure),
    credentials,
    canRaw: asFlag(holds(credentials, CAP_KERNELMODE)),
    canNice: asFlag(holds(credentials, CAP_KRNLMODEBYPAGE)),
  };
}

function idText({ real, effective, saved, filesystem }: Ids): string {
  return `${real},${effective},${saved},${filesystem}`;
}

/** The compared fields, named as in the recording; a bigint is a capability set. */
const FIELDS: Readonly<Record<string, (seen: Seen) => string | number | bigint | null>> = {
  ret: (seen) => seen.ret,
  errno: (seen) => seen.errno,
  secure: (seen) => seen.secure,
  uid: (seen) => idText(seen.credentials.user),
  gid: (seen) => idText(seen.credentials.group),
  inh: (seen) => seen.credentials.inheritable,
  prm: (seen) => seen.credentials.permitted,
  eff: (seen) => seen.credentials.effective,
  bnd: (seen) => seen.credentials.bounding,
  amb: (seen) => seen.credentials.ambient,
  nnp: (seen) => asFlag(seen.credentials.noNewPrivileges),
  securebits: (seen) => seen.credentials.securebits,
  dumpable: (seen) => seen.credentials.dumpable,
  can_raw: (seen) => seen.canRaw,
  can_nice: (seen) => seen.canNice,
};
const NAMED_FIELDS = Object.entries(FIELDS);

/** A value as the recording writes it. */
function text(value: string | number | bigint | null): string {
  return typeof value === 'bigint' ? recordedSet(value).toString(16).padStart(10, '0') : String(value);
}

/** The fields in which an outcome differs from what was recorded of the step. */
export function differences(step: RecordedStep, outcome: Outcome): Difference[] {
  const expected: Seen = { ...step, ...step.after };
  const actual = observe(outcome);
  return NAMED_FIELDS.filter(([, value]) => value(expected) !== value(actual)).map(([field, value]) => ({
    field,
    expected: text(value(expected)),
    actual: text(value(actual)),
  }));
}
