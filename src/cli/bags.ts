import { existsSync } from 'node:fs';
import { readBag, type Bag } from '../archive/storebag.ts';
import { UsageError } from './usage.ts';

/** An archive, or what is wrong with its file; a `UsageError` when there is no such file. */
export function openBag(path: string): { readonly bag: Bag } | { readonly damage: string } {
  if (!existsSync(path)) throw new UsageError(`${path}: no such file`);
  try {
    return { bag: readBag(path) };
  } catch (error) {
    return { damage: error instanceof Error ? error.message : String(error) };
  }
}
