import { invariant } from '../sim/errors.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { Rules } from './semantics/config.ts';
import { Errno, errnoName } from './semantics/errno.ts';
import { brokenAtCpl0, type Authority } from './semantics/gate.ts';
import { INVARIANT_IDS } from './semantics/invariants.ts';

/**
 * Rules that change a thread's mode: `syskernelmode(1)`, `syskernelmode(0)`, `syskerneljump`, a fetch outside the trusted pages; where the
 * kernel holds frames, a call out of trusted code and the return from it; `killed`: the fetch outside, or a fault at CPL 0, ended the thread;
 * `signal`: a handler runs at CPL 3 instead; `sigreturn`: what it interrupted goes on at CPL 0.
 */
export const ModeRule = {
  skm1: 0,
  skm0: 1,
  skj: 2,
  drop: 3,
  downcall: 4,
  upret: 5,
  killed: 6,
  signal: 7,
  sigreturn: 8,
} as const;
/** Number of a rule. */
export type ModeRule = (typeof ModeRule)[keyof typeof ModeRule];
const RULES = Object.keys(ModeRule);

/** Errors that the rules can give, each with a counter of its own. */
const REFUSALS = [
  Errno.EPERM,
  Errno.EACCES,
  Errno.EFAULT,
  Errno.EINVAL,
  Errno.ENOSYS,
  Errno.EAGAIN,
  Errno.ESTALE,
  Errno.EBUSY,
] as const;

/** What the invariants ask of a thread's mode. */
export interface ModeOf {
  readonly cpl: number;
  readonly entered: boolean;
  readonly entryAuthority: Authority;
  readonly process: { readonly authority: Authority };
}

/** Monitor of a run's changes of mode: counts them by rule, refusals by rule and errno, and broken invariants by number. */
export class TransitionLog {
  readonly #rules: Rules;
  readonly #stats: Float64Array;
  readonly #transitions: number;
  readonly #refused: number;
  readonly #violations: number;

  constructor(rules: Rules, stats: StatsRegistry) {
    this.#rules = rules;
    this.#stats = stats.values;
    this.#transitions = stats.vector(
      'semantics.transitions',
      RULES,
      'count',
      'Changes of mode, by the rule that made them',
    );
    const labels = RULES.flatMap((rule) => REFUSALS.map((errno) => `${rule}${errnoName(errno)}`));
    this.#refused = stats.vector('semantics.refused', labels, 'count', 'Changes of mode refused, by rule and errno');
    this.#violations = stats.vector(
      'semantics.violations',
      INVARIANT_IDS,
      'count',
      'Invariants found broken by a thread that goes on at CPL 0 after a change of mode',
    );
  }

  /** Counts a change of mode. hot */
  count(rule: ModeRule): void {
    this.#stats[this.#transitions + rule]++;
  }

  /** Counts a refusal. */
  refuse(rule: ModeRule, errno: Errno): void {
    const index = REFUSALS.indexOf(errno as (typeof REFUSALS)[number]);
    invariant(index >= 0, `rule ${RULES[rule]} refused with errno ${errno}, which has no counter`);
    this.#stats[this.#refused + rule * REFUSALS.length + index]++;
  }

  /** Counts an invariant that something else than a change of mode has broken, by its number from 1. */
  breaks(invariantNumber: number): void {
    this.#stats[this.#violations + invariantNumber - 1]++;
  }

  /** Evaluates the invariants of a thread that goes on with code of a page of the given trust. hot */
  watch(thread: ModeOf, isTrusted: boolean): void {
    if (thread.cpl !== 0) return;
    const broken = brokenAtCpl0(
      this.#rules,
      thread.process.authority,
      thread.entryAuthority,
      thread.entered,
      isTrusted,
    );
    for (let rest = broken >>> 1, i = 0; rest !== 0; rest >>>= 1, i++) this.#stats[this.#violations + i] += rest & 1;
  }
}
