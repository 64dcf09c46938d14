import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';
import type { SimjsModule } from '../../sim/simjsengine.ts';

/**
 * Loads simjs 2.0.3. The package is a browser bundle without a module export: it only assigns `window.Sim`, so it is evaluated with a window of
 * its own. Its `Sim` object carries the classes Sim, Entity, Facility, Random and others.
 */
export function loadSimjs(): SimjsModule & Readonly<Record<string, unknown>> {
  const file = createRequire(import.meta.url).resolve('simjs');
  const window: { Sim?: SimjsModule & Record<string, unknown> } = {};
  const evaluate = vm.runInThisContext(`(function (window) {${readFileSync(file, 'utf8')}\n})`, { filename: file }) as (
    w: object,
  ) => void;
  evaluate(window);
  if (window.Sim === undefined) throw new Error(`${file} has not assigned window.Sim`);
  return window.Sim;
}
