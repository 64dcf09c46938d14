import { makeRules } from '../kernel/semantics/config.ts';
import type { ProfileName } from '../kernel/semantics/config.ts';
import type { InvariantId } from '../kernel/semantics/invariants.ts';
import { ALPHABETS } from './alphabet.ts';
import type { AlphabetName } from './alphabet.ts';
import { setupOf } from './check.ts';
import { printProgram } from './programtext.ts';
import { walking } from './walks.ts';

/** How many random programs to try under one profile, and how long they are. */
export interface WalkRequest {
  readonly profile: ProfileName;
  readonly alphabet: AlphabetName;
  readonly walks: number;
  /** Most steps of a walk. */
  readonly length: number;
  readonly seed: number;
}

/** What random programs of an alphabet broke, each invariant with a program in which no step can be left out. */
export interface WalkResult extends WalkRequest {
  /** Walks done, which are fewer when they were interrupted. */
  readonly done: number;
  readonly steps: number;
  readonly broken: readonly { readonly invariant: InvariantId; readonly program: string }[];
}

/** Walks at random beyond the bounds of the exhaustive search, repeatably for a seed. Yields the walks done, and is told whether to go on. */
export function* walksOf(request: WalkRequest): Generator<number, WalkResult, boolean> {
  const { profile, alphabet, walks, length, seed } = request;
  const setup = setupOf(alphabet);
  const rules = makeRules(profile);
  const report = yield* walking({ rules, alphabet: ALPHABETS[alphabet], setup, seed, walks, length });
  const broken = [...report.programs].map(([invariant, steps]) => ({ invariant, program: printProgram(steps) }));
  return { ...request, done: report.walks, steps: report.steps, broken };
}

/** A line for each result and each program. */
export function walkText(results: readonly WalkResult[]): string {
  const lines = results.flatMap(({ profile, alphabet, walks, done, steps, seed, broken }) => [
    `${profile} ${alphabet}: ${done === walks ? walks : `interrupted after ${done} of ${walks}`} random walks of seed ${seed}, ${steps} steps, ${broken.length} invariant${broken.length === 1 ? '' : 's'} broken`,
    ...broken.map(({ invariant, program }) => `  ${invariant}: ${program}`),
  ]);
  return lines.join('\n');
}
