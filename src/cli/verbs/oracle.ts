import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readCapabilityFiles } from '../../check/capabilityfiles.ts';
import { replayCapabilities } from '../../check/capabilityoracle.ts';
import { replayPages } from '../../check/pageoracle.ts';
import { replaySemantics, replaySemanticsText } from '../../check/semanticsoracle.ts';
import { jsonOption } from '../arguments.ts';
import { example, type Context, type Verb } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { linesOf, readRecording } from '../recordings.ts';
import { count } from '../text.ts';
import { UsageError } from '../usage.ts';
import { addCacheOracle } from './oraclecache.ts';
import { addSchedOracle } from './oraclesched.ts';

/** What every replay gives; `malformed` lines count in none of the numbers. */
interface Replay {
  readonly cases: number;
  readonly steps: number;
  readonly agree: number;
  readonly disagree: number;
  readonly firstDisagreement: unknown;
  readonly malformed: readonly { readonly line: number; readonly message: string }[];
}

interface Options {
  readonly files?: string;
}

interface Oracle {
  readonly doc: string;
  readonly sample: string;
  readonly replay: (path: string, options: Options) => Replay;
}

/** Recordings that the rules can be held against. */
const ORACLES: Readonly<Record<'capabilities' | 'pages' | 'semantics', Oracle>> = {
  capabilities: {
    doc: 'capability sets as a real kernel changed them',
    sample: 'test/data/cap/cases.jsonl.gz',
    replay: (path, options) => {
      const recording = readRecording(path);
      return replayCapabilities(linesOf(recording), executables(path, options));
    },
  },
  pages: {
    doc: 'mappings and page contents as a real kernel changed them',
    sample: 'test/data/page/recorded.jsonl.gz',
    replay: (path) => replayPages(linesOf(readRecording(path))),
  },
  semantics: {
    doc: "programs of the proposal with every step's outcome; JSON Lines or a JSON list",
    sample: 'test/data/semantics/golden.json',
    replay: (path) => {
      const bytes = readRecording(path);
      const isList = bytes.subarray(0, 64).toString().trimStart().startsWith('[');
      return isList ? replaySemanticsText(bytes.toString()) : replaySemantics(linesOf(bytes));
    },
  },
};

/** `ringsim oracle`: replays recorded cases on the rules of the model. */
export const oracle: Verb = (program, context, finish) => {
  const group = program.command('oracle').description('replay recorded cases on the rules of the model');
  for (const [name, { doc, sample, replay }] of Object.entries(ORACLES)) {
    const verb = group
      .command(`${name} <file>`)
      .description(
        `${doc}; plain or gzip. Prints counts and the first disagreement as JSON; exits 1 on any disagreement`,
      )
      .addOption(jsonOption())
      .addHelpText('after', example(`oracle ${name} ${sample}`))
      .action((path: string, options: Options) => finish(report(replay(path, options), path, context)));
    if (name === 'capabilities')
      verb.option('--files <json>', 'executables of the recording (default: files.json beside it)');
  }
  addCacheOracle(group, context, finish);
  addSchedOracle(group, context, finish);
};

function executables(path: string, options: Options): ReturnType<typeof readCapabilityFiles>['files'] {
  const list = options.files ?? join(dirname(path), 'files.json');
  if (options.files === undefined && !existsSync(list))
    throw new UsageError(`${path}: no files.json beside it; name the executables of the recording with --files`);
  const text = readRecording(list).toString();
  const { files, problems } = readCapabilityFiles(parseJson(text, list));
  if (problems.length > 0) throw new UsageError(problems.map((problem) => `${list}: ${problem}`).join('\n'));
  return files;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path}: no JSON, ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The document on stdout with and without --json, what it means on the log; a recording that checks nothing is no success. */
function report(replay: Replay, path: string, context: Context): ExitCode {
  const { cases, steps, agree, disagree, malformed } = replay;
  context.out(`${JSON.stringify(replay, undefined, 2)}\n`);
  for (const { line, message } of malformed.slice(0, 20)) context.err(`${path}:${line} malformed: ${message}\n`);
  context.err(
    `${path}: ${count(cases, 'case')}, ${agree} of ${count(steps, 'step')} agree, ${count(disagree, 'disagreement')}\n`,
  );
  if (disagree > 0) return EXIT.checkFailed;
  if (cases === 0) context.err(`${path} holds no case\n`);
  return cases === 0 || malformed.length > 0 ? EXIT.usage : EXIT.ok;
}
