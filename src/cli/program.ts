import { Command, CommanderError } from 'commander';
import { ConfigError } from '../sim/errors.ts';
import { versions } from '../experiment/node/versions.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { isRefusal, refusalText } from './refusal.ts';
import { UsageError } from './usage.ts';
import { verbs } from './verbs/index.ts';

const DESCRIPTION = `Simulates a multi-core server whose trusted processes may run in kernel mode.

Exit codes: 0 ok, 1 a model check failed, 2 usage or configuration, 3 some runs failed, 4 bytes differ, 130 stopped by Ctrl-C.`;

/** Runs one command line, without the program's name; gives the exit code and never throws for a mistake of the user. */
export async function runCli(argv: readonly string[], context: Context): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = makeProgram(context, (finished) => {
    code = finished;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return failure(error, argv, context);
  }
}

function makeProgram(context: Context, finish: (code: ExitCode) => void): Command {
  const program = new Command('ringsim')
    .description(DESCRIPTION)
    .version(String(versions().ringsim))
    .exitOverride()
    .configureOutput({ writeOut: context.out, writeErr: context.err })
    .showHelpAfterError('(add --help for the options and an example)');
  for (const verb of verbs) verb(program, context, finish);
  return program;
}

/** Says what went wrong, as text on the log or as the one JSON document, and which exit code that is. */
function failure(error: unknown, argv: readonly string[], context: Context): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    if (argv.includes('--json')) document(context, { error: error.message.replace(/^error: /, '') });
    return EXIT.usage; // commander has written the message already
  }
  if (!(error instanceof ConfigError || error instanceof UsageError || isRefusal(error))) throw error; // a bug of ours
  const problems = error instanceof ConfigError ? error.problems : [];
  const text = isRefusal(error) ? refusalText(error) : error.message;
  if (argv.includes('--json')) document(context, { error: text, problems });
  context.err(`${text}\n`);
  return EXIT.usage;
}

function document(context: Context, value: unknown): void {
  context.out(`${JSON.stringify(value, undefined, 2)}\n`);
}
