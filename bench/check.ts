/**
 * Speed of the exhaustive search beside one with structuredClone and Map, in the same run:
 * `node bench/check.ts [--json] [--states N]`. Each search has a process of its own, without Node's type stripper (see `outputOf`), as the second
 * and later runs of `ringsim check` have. Rates are per second of that process's CPU time, user and system. Counted are distinct states
 * (stored; and expanded, which is less where the limit of states ends the search) and transitions (steps that change an expanded state, to known
 * states too, which is what other checkers call states generated). The ratio compares states expanded.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { AlphabetName } from '../src/check/alphabet.ts';
import type { ProfileName } from '../src/kernel/semantics/config.ts';
import type { Row } from './checkchild.ts';
import { outputOf, withFolder } from './processes.ts';

const CASES: readonly (readonly [AlphabetName, ProfileName])[] = [
  ['gates', 'H'],
  ['publish', 'L1'],
  ['peers', 'L1'],
  ['shootdown', 'L1'],
  ['smash', 'H'],
  ['smash', 'L1'],
  ['all1', 'H'],
  ['all1', 'L1'],
  ['all2', 'H'],
  ['all2', 'L1'],
];
const CHILD = fileURLToPath(new URL('checkchild.ts', import.meta.url));

const { values } = parseArgs({ options: { json: { type: 'boolean' }, states: { type: 'string', default: '200000' } } });
const rows = withFolder((folder) => {
  outputOf(folder, CHILD, []); // so that the first search too finds compiled code
  return CASES.map((chosen) => JSON.parse(outputOf(folder, CHILD, [...chosen, values.states]).toString()) as Row);
});
const stored = rows.reduce((sum, { states }) => sum + states, 0);
const seconds = rows.reduce((sum, { states, storedPerSecond }) => sum + states / storedPerSecond, 0);
if (values.json === true) console.log(JSON.stringify({ rows }));
else {
  console.table(rows);
  console.log(
    'Per CPU second: distinct states stored, distinct states expanded, transitions of expanded states; ratio of states expanded.',
  );
  console.log(`All searches together: ${Math.round(stored / seconds)} states stored per CPU second.`);
}
