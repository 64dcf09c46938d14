import { makeRules } from '../kernel/semantics/config.ts';
import type { Mechanisms, ProfileName, Rules, Variant } from '../kernel/semantics/config.ts';
import { INVARIANTS, INVARIANT_IDS } from '../kernel/semantics/invariants.ts';
import type { InvariantId } from '../kernel/semantics/invariants.ts';
import { DEFAULT_SETUP } from '../kernel/semantics/setup.ts';
import type { Setup } from '../kernel/semantics/setup.ts';
import { ALPHABETS } from './alphabet.ts';
import type { Alphabet, AlphabetName } from './alphabet.ts';
import { Explorer, type RunEnd } from './explorer.ts';
import { printProgram } from './programtext.ts';
import { witnessOf, witnessYaml } from './witness.ts';
import type { Witness } from './witness.ts';

/** Bounds of a search. */
export interface CheckLimits {
  /** Bytes that states, their parts and the known cases of steps may hold, also while they grow. */
  readonly memory: number;
  /** States to expand at most. */
  readonly states: number;
}

/** 4 GiB, and as many states as fit. */
export const DEFAULT_LIMITS: CheckLimits = { memory: 4 * 1024 * 1024 * 1024, states: Number.MAX_SAFE_INTEGER };

/** What to search. */
export interface CheckRequest {
  readonly profile: ProfileName;
  readonly alphabet: AlphabetName;
  readonly variant?: Partial<Variant>;
  readonly mechanisms?: Partial<Mechanisms>;
  readonly limits?: Partial<CheckLimits>;
  /** Whether to go on behind violations (default for L0 and L1), so that every reachable invariant shows. */
  readonly beyond?: boolean;
  /** Whether alike threads are exchanged freely, and interrupts that nobody can see into passed over. */
  readonly symmetry?: boolean;
  readonly reduce?: boolean;
}

/** Where a search is; told after each slice. */
export interface CheckProgress {
  readonly profile: ProfileName;
  readonly alphabet: AlphabetName;
  readonly expanded: number;
  readonly found: number;
  readonly transitions: number;
  readonly bytes: number;
}

/** Result of one search. */
export interface CheckResult {
  readonly profile: ProfileName;
  readonly alphabet: AlphabetName;
  readonly about: string;
  readonly states: number;
  readonly expanded: number;
  readonly transitions: number;
  readonly bytes: number;
  readonly bitsPerState: number;
  /** Steps within which everything was explored. */
  readonly depth: number;
  /** Whether every reachable state within the bounds was expanded. */
  readonly complete: boolean;
  /** Why not, else empty. */
  readonly stopped: RunEnd | 'states' | 'interrupted';
  /** Steps cut off by the bounds of the alphabet, by what was exceeded. */
  readonly cut: Readonly<Record<string, number>>;
  readonly broken: readonly {
    readonly invariant: InvariantId;
    readonly depth: number;
    readonly program: string;
    readonly after: readonly InvariantId[];
    readonly attack: string;
  }[];
}

/** States between two progress reports. */
const SLICE = 8192;

/** Yields after each slice, is told whether to go on, and ends when all is explored or a limit is met. */
function* slices(explorer: Explorer, limits: CheckLimits): Generator<void, CheckResult['stopped'], boolean> {
  while (!explorer.complete) {
    if (explorer.expanded >= limits.states) return 'states';
    const end = explorer.run(Math.min(SLICE, limits.states - explorer.expanded), limits.memory);
    if (!(yield)) return 'interrupted';
    if (end !== '') return end;
  }
  return '';
}

/** How programs of an alphabet start. */
export function setupOf(name: AlphabetName): Setup {
  const alphabet: Alphabet = ALPHABETS[name];
  return { ...DEFAULT_SETUP, ...alphabet.setup };
}

/** Searches one alphabet under one profile. `progress` is called often; returning false stops the search cleanly. */
export function runCheck(request: CheckRequest, progress: (at: CheckProgress) => boolean = () => true): CheckResult {
  const search = searching(request);
  let at = search.next();
  while (at.done !== true) at = search.next(progress(at.value));
  return at.value;
}

/** The same search in slices, for one who has other things to do in between: yields where it is, and is told whether to go on. */
export function* searching(request: CheckRequest): Generator<CheckProgress, CheckResult, boolean> {
  const { profile, alphabet, beyond = profile !== 'H', symmetry = true, reduce = true } = request;
  const rules = makeRules(profile, request.variant, request.mechanisms);
  const explorer = new Explorer({
    rules,
    alphabet: ALPHABETS[alphabet],
    setup: setupOf(alphabet),
    beyond,
    symmetry,
    reduce,
  });
  const search = slices(explorer, { ...DEFAULT_LIMITS, ...request.limits });
  let at = search.next();
  while (at.done !== true) at = search.next(yield progressOf(request, explorer));
  return summarize(request, rules, explorer, at.value);
}

function progressOf(
  { profile, alphabet }: CheckRequest,
  { expanded, store, transitions, bytes }: Explorer,
): CheckProgress {
  return { profile, alphabet, expanded, found: store.count, transitions, bytes };
}

function summarize(
  request: CheckRequest,
  rules: Rules,
  explorer: Explorer,
  stopped: CheckResult['stopped'],
): CheckResult {
  const setup = setupOf(request.alphabet);
  const witnesses = [...explorer.findings.found.values()].map((found) => witnessOf(explorer, rules, found, setup));
  witnesses.sort((a, b) => INVARIANT_IDS.indexOf(a.invariant) - INVARIANT_IDS.indexOf(b.invariant));
  return {
    profile: request.profile,
    alphabet: request.alphabet,
    about: ALPHABETS[request.alphabet].about,
    states: explorer.store.count,
    expanded: explorer.expanded,
    transitions: explorer.transitions,
    bytes: explorer.bytes,
    bitsPerState: 32 * explorer.store.states.width,
    depth: explorer.depthOf(Math.max(explorer.expanded - 1, 0)) + (explorer.complete ? 0 : -1),
    complete: explorer.complete,
    stopped,
    cut: Object.fromEntries(explorer.findings.cut),
    broken: witnesses.map((witness) => brokenRow(witness, rules, setup)),
  };
}

function brokenRow(witness: Witness, rules: Rules, setup: Setup): CheckResult['broken'][number] {
  const { invariant, steps, before } = witness;
  return {
    invariant,
    depth: steps.length,
    program: printProgram(steps),
    after: before,
    attack: witnessYaml(witness, rules, setup),
  };
}

/** Whether a result breaks an invariant that the profile's text promises; the verb then fails. */
export function breaksPromise({
  profile,
  broken,
}: {
  readonly profile: ProfileName;
  readonly broken: readonly { readonly invariant: InvariantId }[];
}): boolean {
  return broken.some(({ invariant }) => (INVARIANTS[invariant].promisedBy as readonly ProfileName[]).includes(profile));
}
