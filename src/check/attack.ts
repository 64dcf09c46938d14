import { MECHANISM_NAMES, PROFILE_NAMES, makeRules } from '../kernel/semantics/config.ts';
import type { MechanismName, Mechanisms, ProfileName, Rules } from '../kernel/semantics/config.ts';
import { INVARIANTS } from '../kernel/semantics/invariants.ts';
import type { InvariantId } from '../kernel/semantics/invariants.ts';
import { GENEROUS, makeLayout } from '../kernel/semantics/layout.ts';
import { OPERATION_NAMES } from '../kernel/semantics/operations.ts';
import { start } from '../kernel/semantics/setup.ts';
import type { Attack } from './attackfile.ts';
import { finalThreads, runStep } from './outcome.ts';
import type { FinalThread, StepOutcome } from './outcome.ts';
import { printProgram } from './programtext.ts';
import { literalRule } from './rules.ts';
import { meets, printExpectation, printVerdict, verdictOf } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** A step that was refused or stopped, and the rules or mechanisms that did it. */
export interface Stop {
  readonly what: string;
  readonly step: number;
  readonly rules: readonly string[];
}

/** An invariant that a program broke. */
export interface Break {
  readonly invariant: string;
  readonly name: string;
  readonly class: string;
  readonly step: number;
}

/** One attack under one profile. */
export interface AttackOutcome {
  readonly id: string;
  readonly title: string;
  readonly profile: ProfileName;
  readonly program: string;
  readonly broken: readonly Break[];
  readonly stopped: readonly Stop[];
  readonly steps: readonly StepOutcome[];
  readonly final: readonly FinalThread[];
  readonly verdict: string;
  /** What the file expects; null when it expects nothing of this profile. */
  readonly expected: string | null;
  /** Null without an expectation. */
  readonly asExpected: boolean | null;
}

const LAYOUT = makeLayout(GENEROUS);

/** The rules of an attack under a profile. Readings of the text do not touch the hardened profile. */
function rulesOf(attack: Attack, profile: ProfileName, mechanisms: Partial<Mechanisms>): Rules {
  const variant = profile === 'H' ? {} : attack.variant;
  return makeRules(profile, variant, { ...attack.mechanisms, ...mechanisms }, attack.era);
}

/** Runs an attack's program under a profile, with mechanisms changed; nothing is summarised. */
export function playAttack(
  attack: Attack,
  profile: ProfileName,
  mechanisms: Partial<Mechanisms> = {},
): { steps: StepOutcome[]; final: FinalThread[] } {
  const machine = start(rulesOf(attack, profile, mechanisms), LAYOUT, attack.setup);
  const steps = attack.programs[profile].map((operation) => runStep(machine, operation));
  return { steps, final: finalThreads(machine) };
}

/** Mechanisms without which a step has another outcome, for every step. */
function mechanismsByStep(attack: Attack, profile: ProfileName, steps: readonly StepOutcome[]): MechanismName[][] {
  const byStep: MechanismName[][] = steps.map(() => []);
  const { mechanisms } = rulesOf(attack, profile, {});
  for (const name of MECHANISM_NAMES.filter((mechanism) => mechanisms[mechanism])) {
    const without = playAttack(attack, profile, { [name]: false }).steps;
    const first = steps.findIndex((step, i) => JSON.stringify(step) !== JSON.stringify(without[i]));
    if (first >= 0) byStep[first].push(name);
  }
  return byStep;
}

/** Names what stopped each refused step: the mechanisms whose removal first shows there, else the rule of the text. */
function stopsOf(attack: Attack, profile: ProfileName, steps: readonly StepOutcome[], { stopped }: Verdict): Stop[] {
  const byStep = mechanismsByStep(attack, profile, steps);
  return stopped.map(({ what, step }) => {
    const operation = OPERATION_NAMES[attack.programs[profile][step - 1].code];
    const mechanisms = byStep[step - 1];
    return { what, step, rules: mechanisms.length > 0 ? mechanisms : [literalRule(profile, operation, what)] };
  });
}

/** Runs one attack under one profile. */
export function runAttack(attack: Attack, profile: ProfileName): AttackOutcome {
  const { steps, final } = playAttack(attack, profile);
  const verdict = verdictOf(steps);
  const expected = attack.expect[profile];
  return {
    id: attack.id,
    title: attack.title,
    profile,
    program: printProgram(attack.programs[profile]),
    broken: verdict.broken.map(({ what, step }) => {
      const { name, class: cls } = INVARIANTS[what as InvariantId];
      return { invariant: what, name, class: cls, step };
    }),
    stopped: stopsOf(attack, profile, steps, verdict),
    steps,
    final,
    verdict: printVerdict(verdict),
    expected: expected === undefined ? null : printExpectation(expected),
    asExpected: expected === undefined ? null : meets(verdict, expected),
  };
}

/** Outcomes of attacks under all profiles; the JSON document of `attack`. `cases` counts attack × profile. */
export interface AttackReport {
  readonly cases: number;
  readonly disagree: number;
  readonly outcomes: readonly AttackOutcome[];
}

/** Runs attacks under the given profiles. */
export function runAttacks(attacks: readonly Attack[], profiles: readonly ProfileName[] = PROFILE_NAMES): AttackReport {
  const outcomes = attacks.flatMap((attack) =>
    profiles.filter((profile) => attack.programs[profile].length > 0).map((profile) => runAttack(attack, profile)),
  );
  return {
    cases: outcomes.length,
    disagree: outcomes.filter(({ asExpected }) => asExpected === false).length,
    outcomes,
  };
}
