import { readFileSync } from 'node:fs';
import { MODEL_VERSION } from '../version.ts';

/** Versions that results depend on or that help to repeat them. */
export function versions(): Readonly<Record<'ringsim' | 'model' | 'node', string | number>> {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return { ringsim: manifest.version, model: MODEL_VERSION, node: process.version };
}
