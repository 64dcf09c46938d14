import { existsSync } from 'node:fs';
import { readBag, type Bag } from '../archive/storebag.ts';
import { verifyBag } from '../experiment/node/reproduce.ts';
import { UsageError } from './usage.ts';

/** An archive, or what is wrong with its file. */
export type Opened = { readonly bag: Bag } | { readonly damage: string };

/** A file that is not as the archive says. */
interface Wrong {
  readonly file: string;
  readonly problem: string;
}

/** Opens an archive; a `UsageError` when there is no such file. */
export function openBag(path: string): Opened {
  if (!existsSync(path)) throw new UsageError(`${path}: no such file`);
  try {
    return { bag: readBag(path) };
  } catch (error) {
    return { damage: error instanceof Error ? error.message : String(error) };
  }
}

/** What is wrong with an archive without running anything, and how many runs it holds. */
export function checkBag(opened: Opened, path: string): { readonly runs: number; readonly wrong: readonly Wrong[] } {
  if ('damage' in opened) return { runs: 0, wrong: [{ file: path, problem: opened.damage }] };
  try {
    return verifyBag(opened.bag);
  } catch (error) {
    return { runs: 0, wrong: [{ file: path, problem: error instanceof Error ? error.message : String(error) }] };
  }
}

/** One line for each file that is wrong. */
export function mismatchText(wrong: readonly Wrong[]): string {
  return wrong.map(({ file, problem }) => `${file}: ${problem}`).join('\n');
}
