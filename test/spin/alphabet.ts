/**
 * The operations that both sides explore, by group, and when a thread may issue them. `alphabet.pml` says the same in Promela, with a group's
 * name in capitals as its switch.
 */

/** Who issues an operation: any running thread, one in an attacker's hands, or verified code that was reached legitimately. */
export type Issuer = 'any' | 'attacker' | 'verified';

/** Bounds, and what compilers know: room for a kernel frame or a call, a page that verified code would call, a free page, a living victim. */
export type Condition = 'room' | 'notCalled' | 'callableA' | 'callableW' | 'freeY' | 'victim' | 'pending';

/** An operation as outcomes name it (without threads), its issuer, and what must hold. */
export type Choice = readonly [text: string, issuer: Issuer, ...conditions: readonly Condition[]];

export const GROUPS = {
  gates: [
    ['step', 'any'],
    ['jump A.E', 'attacker'],
    ['jump A.M', 'attacker'],
    ['jump B.E', 'attacker'],
    ['call A.E', 'verified', 'notCalled', 'callableA'],
    ['ret', 'any'],
    ['skm 1', 'any'],
    ['skm 0', 'any'],
    ['skjCheck A.E', 'any', 'room'],
    ['skjCheck A.M', 'attacker', 'room'],
    ['skjCheck B.E', 'attacker', 'room'],
    ['skjGo', 'any', 'pending'],
    ['kret', 'any'],
    ['downcall B.E', 'any', 'room'],
    ['upret', 'attacker'],
  ],
  smashing: [
    ['smash A.M', 'attacker', 'victim'],
    ['smash B.E', 'attacker', 'victim'],
  ],
  straying: [
    ['jump B.E', 'verified'],
    ['call B.E', 'verified', 'notCalled'],
    ['ijmp A.M', 'verified'],
  ],
  filling: [
    ['store W N', 'attacker'],
    ['store W V', 'attacker'],
  ],
  aliasing: [
    ['mmapAlias Y W', 'attacker', 'freeY'],
    ['store Y N', 'attacker'],
  ],
  forcing: [
    ['procmem A', 'attacker'],
    ['procmem W', 'attacker'],
    ['store A N', 'attacker'],
    ['mprotect A 1', 'attacker'],
  ],
  publishing: [
    ['jump W.E', 'attacker'],
    ['call W.E', 'verified', 'notCalled', 'callableW'],
    ['skjCheck W.E', 'any', 'room'],
    ['publish W', 'any'],
    ['unpublish W', 'any'],
  ],
  misusing: [
    ['publish A', 'attacker'],
    ['publish B', 'attacker'],
  ],
  changing: [
    ['unpublish A', 'any'],
    ['store A V2', 'attacker'],
    ['store W V2', 'attacker'],
    ['madv A', 'attacker'],
    ['uffd A', 'attacker'],
  ],
  revoking: [['capdrop B', 'any']],
} as const satisfies Record<string, readonly Choice[]>;
export type Group = keyof typeof GROUPS;

/** What is explored together: threads, kernel frames a thread can have, and groups beside the gates. */
export interface Alphabet {
  readonly about: string;
  readonly threads: 1 | 2;
  readonly frames: number;
  readonly groups: readonly Group[];
}

export const ALPHABETS = {
  nesting: {
    about: 'gates and verified code that strays; kernel frames nest as deep as the rules let them',
    threads: 1,
    frames: 5,
    groups: ['straying'],
  },
  returns: {
    about: 'gates, return smashing, verified code that strays; kernel frames nest',
    threads: 2,
    frames: 2,
    groups: ['smashing', 'straying'],
  },
  publish: {
    about: 'gates, publish, aliases, forced writes',
    threads: 1,
    frames: 2,
    groups: ['filling', 'aliasing', 'forcing', 'publishing', 'misusing'],
  },
  shootdown: {
    about: 'gates, publish and unpublish on two cores',
    threads: 2,
    frames: 1,
    groups: ['filling', 'publishing'],
  },
  change: {
    about: 'code that moves, is dropped or refilled under its declared entries; the capability is lost',
    threads: 1,
    frames: 1,
    groups: ['filling', 'publishing', 'misusing', 'changing', 'revoking'],
  },
  core: {
    about: 'gates, return smashing, aliases, forced writes, publish and unpublish on two cores',
    threads: 2,
    frames: 1,
    groups: ['smashing', 'filling', 'aliasing', 'forcing', 'publishing'],
  },
} as const satisfies Record<string, Alphabet>;
export type AlphabetName = keyof typeof ALPHABETS;
export const ALPHABET_NAMES = Object.keys(ALPHABETS) as AlphabetName[];

/** All choices of an alphabet, gates first. */
export function choicesOf(alphabet: Alphabet): readonly Choice[] {
  return (['gates', ...alphabet.groups] as const).flatMap((group): readonly Choice[] => GROUPS[group]);
}
