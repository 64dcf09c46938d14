import type { ProfileName } from '../kernel/semantics/config.ts';

/** Rules of the text (S…), chosen readings (A…) or of Linux, by operation and outcome; the first matching one is what stopped a step. */
type RuleTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

const GATE = {
  ENOSYS: 'no syskerneljump in L0',
  EPERM: 'S5 capability',
  EFAULT: 'S24 target not executable',
  EACCES: 'S24 target not trusted',
  EINVAL: 'S24 not declared',
  EBUSY: 'A14 nested',
};
const SETTER = { EPERM: 'S5 capability', EACCES: 'A2 who sets trust', ENOMEM: 'Linux', EINVAL: 'S16 not trusted' };

const RULES: RuleTable = {
  skm: { EPERM: 'S9 capability', EINVAL: 'S8 flag', EACCES: 'S19 caller page' },
  skj: GATE,
  skjCheck: GATE,
  skjGo: { EPERM: 'S5 capability', EINVAL: 'nothing pending' },
  publish: SETTER,
  unpublish: SETTER,
  mprotect: { EACCES: 'S21 read-only', EPERM: 'S21 read-only' },
  store: { SIGSEGV: 'S21 read-only' },
  etwrite: { EFAULT: 'A20 table in the kernel' },
  thp: { EINVAL: 'A25 flags differ' },
  sigreturn: { drop: 'A18 user mode forced' },
};

/** What the gated reading adds to the caller-page rule. */
const GATED: RuleTable = { skm: { EACCES: 'S25 entered by the gate only' } };

/** What stops a step whatever its operation: the leave rule, revocation, and faults and refusals that Linux has anyway. */
const ANYWHERE: Readonly<Record<string, string>> = {
  drop: 'A8 leave rule',
  revoke: 'A13 revoked',
  ktrust: 'A8 leave rule',
};

/** The rule of the text or of Linux that gave an operation this errno, signal or effect. */
export function literalRule(profile: ProfileName, operation: string, outcome: string): string {
  const gated = profile === 'L0' ? undefined : GATED[operation]?.[outcome];
  return gated ?? RULES[operation]?.[outcome] ?? ANYWHERE[outcome] ?? 'Linux';
}
