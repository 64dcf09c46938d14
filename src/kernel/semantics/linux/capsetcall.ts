import { Errno } from '../errno.ts';
import { Capability } from './capability.ts';
import { ALL_CAPABILITIES, combine, intersect, isSubset } from './capset.ts';
import type { CapSet } from './capset.ts';
import { holds } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { refuse, succeed } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** The three sets that capset(2) replaces. */
export interface CapsetArguments {
  readonly effective: CapSet;
  readonly permitted: CapSet;
  readonly inheritable: CapSet;
}

/** Sets as the kernel takes them: unknown bits are dropped without a word (`mk_kernel_cap`). */
function masked(wanted: CapsetArguments): CapsetArguments {
  return {
    effective: intersect(wanted.effective, ALL_CAPABILITIES),
    permitted: intersect(wanted.permitted, ALL_CAPABILITIES),
    inheritable: intersect(wanted.inheritable, ALL_CAPABILITIES),
  };
}

/** pI' within pI + pP unless CAP_SETPCAP is effective; pI' within pI + X; pP' within pP; pE' within pP'. */
function mayReplace(before: Credentials, wanted: CapsetArguments): boolean {
  const capped = !holds(before, Capability.CAP_SETPCAP);
  return (
    (!capped || isSubset(wanted.inheritable, combine(before.inheritable, before.permitted))) &&
    isSubset(wanted.inheritable, combine(before.inheritable, before.bounding)) &&
    isSubset(wanted.permitted, before.permitted) &&
    isSubset(wanted.effective, wanted.permitted)
  );
}

/** capset(2) (`cap_capset`): replaces the sets, pA' = pA and pP' and pI'; EPERM where it may not. */
export function capset(before: Credentials, args: CapsetArguments): Outcome {
  const wanted = masked(args);
  if (!mayReplace(before, wanted)) return refuse(before, Errno.EPERM);
  const ambient = intersect(before.ambient, intersect(wanted.permitted, wanted.inheritable));
  return succeed(before, { ...before, ...wanted, ambient });
}
