import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { ENGINES } from '../experiment/node/protocol.ts';

/** A whole number of at least `least`. */
export function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`expected a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** A number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('expected a number above 0.');
  return value;
}

/** Collects an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** `--json` of every verb. */
export const jsonOption = (): Option => new Option('--json', 'print one JSON document and nothing else');

/** `--engine` of the verbs that simulate; results do not depend on it. */
export const engineOption = (): Option =>
  new Option('--engine <name>', 'event engine; results do not depend on it').choices(ENGINES).default('native');

/** `-j` of the verbs that do many runs. */
export const workersOption = (): Option =>
  new Option('-j, --jobs <n>', 'runs at the same time')
    .argParser(whole(1))
    .default(availableParallelism(), 'one per core');
