import { makeRules } from '../kernel/semantics/config.ts';
import type { Mechanisms, ProfileName, Rules, Variant } from '../kernel/semantics/config.ts';
import { INVARIANTS, INVARIANT_IDS } from '../kernel/semantics/invariants.ts';
import type { InvariantId } from '../kernel/semantics/invariants.ts';
import { DEFAULT_SETUP } from '../kernel/semantics/setup.ts';
import type { Setup } from '../kernel/semantics/setup.ts';
import { ALPHABETS } from './alphabet.ts';
import type { Alphabet, AlphabetName } from './alphabet.ts';
import { Explorer } from './explorer.ts';
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

/** Where a search is; given to the progress callback. */
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
  readonly stopped: '' | 'memory' | 'states' | 'interrupted';
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

/** Searches until all is explored, a limit is met, or `report` returns false. */
function search(explorer: Explorer, limits: CheckLimits, report: () => boolean): CheckResult['stopped'] {
  while (!explorer.complete) {
    if (explorer.expanded >= limits.states) return 'states';
    const sufficed = explorer.run(Math.min(SLICE, limits.states - explorer.expanded), limits.memory);
    if (!report()) return 'interrupted';
    if (!sufficed) return 'memory';
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
  const limits = { ...DEFAULT_LIMITS, ...request.limits };
  const stopped = search(explorer, limits, () =>
    progress({
      profile,
      alphabet,
      expanded: explorer.expanded,
      found: explorer.store.count,
      transitions: explorer.transitions,
      bytes: explorer.bytes,
    }),
  );
  return summarize(request, rules, explorer, stopped);
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
    bitsPerState: 32 * explorer.parts.count,
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
