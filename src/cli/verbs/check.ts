import { setImmediate } from 'node:timers/promises';
import { ALPHABETS, type AlphabetName } from '../../check/alphabet.ts';
import { breaksPromise, DEFAULT_LIMITS, searching, type CheckLimits, type CheckResult } from '../../check/check.ts';
import { walksOf, walkText, type WalkRequest, type WalkResult } from '../../check/walkcheck.ts';
import { checkMatrix, checkTable, witnessFile } from '../../check/checktable.ts';
import { policies } from '../../kernel/policies/index.ts';
import { PROFILE_NAMES, type ProfileName } from '../../kernel/semantics/config.ts';
import { unknownName } from '../../experiment/messages.ts';
import { ConfigError, type Problem } from '../../sim/errors.ts';
import { collect, jsonOption, whole } from '../arguments.ts';
import { answer, example, type CommonOptions, type Context, type Verb } from '../context.ts';
import { checkProgress } from '../checkprogress.ts';
import { EXIT } from '../exit.ts';

interface Options extends CommonOptions {
  readonly bounds?: readonly string[];
  readonly states: number;
  readonly memory: number;
  readonly walks: number;
  readonly length: number;
  readonly seed: number;
}

interface Search {
  readonly profile: ProfileName;
  readonly alphabet: AlphabetName;
}

const MIB = 2 ** 20;
/** Searches of all operations at once outgrow a coffee break; they are done when asked for by name. */
const BY_DEFAULT = (Object.keys(ALPHABETS) as AlphabetName[]).filter((name) => !name.startsWith('all'));

/** `ringsim check`: exhaustive search of the proposal's meaning for broken invariants. */
export const check: Verb = (program, context, finish) => {
  program
    .command('check [policy...]')
    .description(
      `search everything that programs can reach under a policy or profile (${PROFILE_NAMES.join(', ')}; default: all) for broken invariants; exits 1 when one is broken that the profile promises`,
    )
    .option(
      '--bounds <name>',
      `operations and depths to search, may be repeated: ${Object.keys(ALPHABETS).join(', ')} (default: all but all1 and all2)`,
      collect,
    )
    .option('--states <n>', 'stop a search when so many states are expanded', whole(1), DEFAULT_LIMITS.states)
    .option(
      '--memory <mib>',
      'stop a search cleanly before its states and tables need more memory, and say what was covered',
      whole(1),
      DEFAULT_LIMITS.memory / MIB,
    )
    .option('--walks <n>', 'then try so many random programs beyond the bounds', whole(0), 0)
    .option('--length <n>', 'most steps of a random program', whole(1), 60)
    .option('--seed <n>', 'of the random programs', whole(0), 1)
    .addOption(jsonOption())
    .addHelpText('after', example('check kernelmode --bounds gates --bounds publish'))
    .action(async (names: string[], options: Options) => {
      const searches = searchesOf(names, options.bounds);
      const limits = { states: options.states, memory: options.memory * MIB };
      const { signal, dispose } = context.interruption();
      const results = await searchAll(searches, limits, context, signal);
      const { walks, length, seed } = options;
      const requests = walks > 0 ? searches.map((search) => ({ ...search, walks, length, seed })) : [];
      const walked = await walkAll(requests, signal);
      const isInterrupted = signal.aborted;
      dispose();
      const broken = [...results, ...walked].some(breaksPromise);
      const begun = isInterrupted ? interruptedAt(results, walked, searches.length) : '';
      const text = [begun, textOf(results), walkText(walked)].filter((part) => part !== '').join('\n\n');
      answer(context, options, { ok: !broken && !isInterrupted, results, walks: walked }, text);
      finish(broken ? EXIT.checkFailed : isInterrupted ? EXIT.interrupted : EXIT.ok);
    });
};

/** Does the searches one after the other. Ctrl-C ends the present one cleanly, and those after it are not begun. */
async function searchAll(
  searches: readonly Search[],
  limits: CheckLimits,
  context: Context,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const progress = checkProgress(context);
  const results: CheckResult[] = [];
  for (const search of searches) {
    if (signal.aborted) break;
    results.push(await drive(searching({ ...search, limits }), progress, signal));
  }
  return results;
}

/** Does the random walks one after the other; Ctrl-C ends them likewise. */
async function walkAll(requests: readonly WalkRequest[], signal: AbortSignal): Promise<WalkResult[]> {
  const results: WalkResult[] = [];
  for (const request of requests) {
    if (signal.aborted) break;
    results.push(await drive(walksOf(request), () => {}, signal));
  }
  return results;
}

function interruptedAt(results: readonly CheckResult[], walked: readonly WalkResult[], searches: number): string {
  const isWalking = walked.length > 0;
  return `Interrupted in ${isWalking ? `random walks ${walked.length}` : `search ${results.length}`} of ${searches}.`;
}

/** Runs a search or walks, letting signals in between slices. */
async function drive<At, Result>(
  work: Generator<At, Result, boolean>,
  progress: (at: At) => void,
  signal: AbortSignal,
): Promise<Result> {
  let at = work.next(true);
  while (at.done !== true) {
    progress(at.value);
    await setImmediate();
    at = work.next(!signal.aborted);
  }
  return at.value;
}

/** Profiles by their own names and by those of policies. */
const PROFILES: Readonly<Record<string, ProfileName>> = {
  ...Object.fromEntries(Object.entries(policies).map(([name, { semantics }]) => [name, semantics])),
  ...Object.fromEntries(PROFILE_NAMES.map((name) => [name, name])),
};

/** Every search that the command line asks for; throws a `ConfigError` with all names that do not exist. */
function searchesOf(names: readonly string[], bounds: readonly string[] = BY_DEFAULT): Search[] {
  const problems = [
    ...unknownNames('policy or profile', '(argument)', names, Object.keys(PROFILES)),
    ...unknownNames('bounds', '--bounds', bounds, Object.keys(ALPHABETS)),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  const asked = new Set(names.map((name) => PROFILES[name]));
  const profiles = PROFILE_NAMES.filter((name) => names.length === 0 || asked.has(name));
  return profiles.flatMap((profile) =>
    [...new Set(bounds as AlphabetName[])].map((alphabet) => ({ profile, alphabet })),
  );
}

function unknownNames(kind: string, path: string, names: readonly string[], known: readonly string[]): Problem[] {
  const unknown = names.filter((name) => !known.includes(name));
  return unknown.map((name) => Object.assign({ path }, unknownName(kind, name, known)));
}

/** Sizes, the matrix of profile by invariant, and the shortest program that breaks each, as an attack file. */
function textOf(results: readonly CheckResult[]): string {
  const witnesses = witnessFile(results);
  const traces = witnesses === '' ? '' : `\n\nShortest programs, as an attack file:\n\n${witnesses}`;
  return `${checkTable(results)}\n\n${checkMatrix(results)}${traces}`;
}
