import { ALPHABETS, type AlphabetName } from '../../check/alphabet.ts';
import { breaksPromise, DEFAULT_LIMITS, runCheck, type CheckProgress, type CheckResult } from '../../check/check.ts';
import { runWalks, walkText } from '../../check/walkcheck.ts';
import { checkMatrix, checkTable, witnessFile } from '../../check/checktable.ts';
import { policies } from '../../kernel/policies/index.ts';
import { PROFILE_NAMES, type ProfileName } from '../../kernel/semantics/config.ts';
import { unknownName } from '../../experiment/messages.ts';
import { ConfigError, type Problem } from '../../sim/errors.ts';
import { collect, jsonOption, whole } from '../arguments.ts';
import { answer, example, type CommonOptions, type Context, type Verb } from '../context.ts';
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
const LINE_EVERY_MS = 2000;
const REDRAW_EVERY_MS = 100;
const BAR_WIDTH = 20;
const CLEAR_LINE = '\r\u001B[2K';
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
    .action((names: string[], options: Options) => {
      const searches = searchesOf(names, options.bounds);
      const limits = { states: options.states, memory: options.memory * MIB };
      const progress = makeProgress(context);
      const results = searches.map((search) => runCheck({ ...search, limits }, progress));
      const { walks, length, seed } = options;
      const walked = walks === 0 ? [] : searches.map((search) => runWalks({ ...search, walks, length, seed }));
      const broken = [...results, ...walked].some(breaksPromise);
      const text = [textOf(results), walkText(walked)].filter((part) => part !== '').join('\n\n');
      answer(context, options, { ok: !broken, results, walks: walked }, text);
      finish(broken ? EXIT.checkFailed : EXIT.ok);
    });
};

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

/** States expanded of those found, the rate of states found, and what they take. */
function progressText({ profile, alphabet, expanded, found, bytes }: CheckProgress, seconds: number): string {
  const rate = Math.round(found / Math.max(seconds, 0.001));
  return `${profile} ${alphabet}: ${expanded} of ${found} states, ${rate} states/s, ${Math.ceil(bytes / MIB)} MiB`;
}

/** A bar that is redrawn on a terminal, a line every 2 s elsewhere; a search goes on until its limits. */
function makeProgress({ err, isTerminal }: Context): (at: CheckProgress) => boolean {
  const every = isTerminal ? REDRAW_EVERY_MS : LINE_EVERY_MS;
  let [search, started, next] = ['', 0, performance.now() + every];
  return (at) => {
    const now = performance.now();
    if (search !== `${at.profile} ${at.alphabet}`) [search, started] = [`${at.profile} ${at.alphabet}`, now];
    const done = at.expanded === at.found;
    if (now < next && !(done && isTerminal)) return true;
    next = now + every;
    const full = Math.floor((BAR_WIDTH * at.expanded) / at.found);
    const bar = `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] `;
    const text = progressText(at, (now - started) / 1000);
    err(isTerminal ? `${CLEAR_LINE}${done ? '' : bar + text}` : `${text}\n`);
    return true;
  };
}

/** Sizes, the matrix of profile by invariant, and the shortest program that breaks each, as an attack file. */
function textOf(results: readonly CheckResult[]): string {
  const witnesses = witnessFile(results);
  const traces = witnesses === '' ? '' : `\n\nShortest programs, as an attack file:\n\n${witnesses}`;
  return `${checkTable(results)}\n\n${checkMatrix(results)}${traces}`;
}
