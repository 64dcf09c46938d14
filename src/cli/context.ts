import type { Command } from 'commander';
import type { Catalogue } from '../experiment/catalogue.ts';
import type { ExitCode } from './exit.ts';

/** The world outside the command line; tests give their own. */
export interface Context {
  /** Names a study may use. */
  readonly catalogue: () => Promise<Catalogue>;
  /** URL of the module that simulates, see `RunFunction`. */
  readonly runModule: string;
  /** How to call this program again, for commands that are shown. */
  readonly program: string;
  /** The document or the answer; nothing else goes there. */
  readonly out: (text: string) => void;
  /** Progress and log lines. */
  readonly err: (text: string) => void;
  /** Whether `err` is a terminal, where lines can be redrawn. */
  readonly isTerminal: boolean;
  /** Aborted by Ctrl-C from now on; a second Ctrl-C kills. */
  readonly interruption: () => { readonly signal: AbortSignal; readonly dispose: () => void };
}

/** Adds one verb to the program. */
export type Verb = (program: Command, context: Context, finish: Finish) => void;

/** Tells the exit code of the verb that ran. */
export type Finish = (code: ExitCode) => void;

/** Options that every verb has. */
export interface CommonOptions {
  readonly json?: true;
}

/** Prints the answer of a verb: one JSON document, or text for people. */
export function answer(context: Context, { json }: CommonOptions, document: unknown, text: string): void {
  context.out(
    json === true
      ? `${JSON.stringify(document, undefined, 2)}\n`
      : text === '' || text.endsWith('\n')
        ? text
        : `${text}\n`,
  );
}

/** Help text with an example that works from a checkout. */
export function example(...lines: readonly string[]): string {
  const commands = lines.map((line) => `  $ node bin/ringsim.mjs ${line}`);
  return `\nExample:\n${commands.join('\n')}\n`;
}
