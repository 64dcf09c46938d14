/**
 * Speed of the exhaustive search beside one with structuredClone and Map, in the same run:
 * `node bench/check.ts [--json] [--states N]`. Rates are per second of this process's CPU time, user and system. Counted are distinct states
 * (stored; and expanded, which is less where the limit of states ends the search) and transitions (steps that change an expanded state, to known
 * states too, which is what other checkers call states generated). The ratio compares states expanded.
 */
import { parseArgs } from 'node:util';
import { ALPHABETS } from '../src/check/alphabet.ts';
import type { Alphabet, AlphabetName } from '../src/check/alphabet.ts';
import { Explorer } from '../src/check/explorer.ts';
import { makeRules } from '../src/kernel/semantics/config.ts';
import type { ProfileName } from '../src/kernel/semantics/config.ts';
import { DEFAULT_SETUP } from '../src/kernel/semantics/setup.ts';
import { naiveSearch } from './naivesearch.ts';

/** One comparison. */
interface Row {
  readonly alphabet: string;
  readonly profile: string;
  readonly states: number;
  readonly expanded: number;
  /** Distinct states found and stored. */
  readonly storedPerSecond: number;
  /** Distinct states of which all successors were found. */
  readonly expandedPerSecond: number;
  /** Steps that changed the state of an expanded one; equal ends of equal cases are counted, but looked up once. */
  readonly transitionsPerSecond: number;
  /** States that the reference expands. */
  readonly naivePerSecond: number;
  readonly ratio: number;
  readonly bytesPerState: number;
  readonly bitsPerState: number;
}

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
/** Each search is repeated until it took this long. */
const LEAST_SECONDS = 5;
/** Before that it is repeated until it took this long, without being counted: a small search is over before its code is compiled. */
const WARM_SECONDS = 1;
const NAIVE_STATES = 500;
const NAIVE_SECONDS = 2;

/** What `work` counts per second of CPU time when it is repeated until it took long enough, once it is warm. */
function rate(work: () => number, least: number): number {
  repeat(work, WARM_SECONDS);
  return repeat(work, least);
}

/** Repeats `work` until it took long enough; returns what it counts per second of CPU time. */
function repeat(work: () => number, least: number): number {
  let count = 0;
  let seconds = 0;
  while (seconds < least) {
    const before = process.cpuUsage();
    count += work();
    const used = process.cpuUsage(before);
    seconds += (used.user + used.system) / 1e6;
  }
  return count / seconds;
}

function measure(alphabet: AlphabetName, profile: ProfileName, limit: number): Row {
  const rules = makeRules(profile);
  const chosen: Alphabet = ALPHABETS[alphabet];
  const spec = {
    rules,
    alphabet: chosen,
    setup: { ...DEFAULT_SETUP, ...chosen.setup },
    beyond: true,
    symmetry: true,
    reduce: true,
  };
  let last = new Explorer(spec);
  const expandedPerSecond = rate(() => {
    last = new Explorer(spec);
    last.run(limit);
    return last.expanded;
  }, LEAST_SECONDS);
  const naivePerSecond = rate(() => naiveSearch(rules, chosen, true, NAIVE_STATES).expanded, NAIVE_SECONDS);
  const { store, expanded, transitions } = last;
  const scaled = (count: number): number => Math.round((expandedPerSecond * count) / expanded);
  return {
    alphabet,
    profile,
    states: store.count,
    expanded,
    storedPerSecond: scaled(store.count),
    expandedPerSecond: Math.round(expandedPerSecond),
    transitionsPerSecond: scaled(transitions),
    naivePerSecond: Math.round(naivePerSecond),
    ratio: Math.round((10 * expandedPerSecond) / naivePerSecond) / 10,
    bytesPerState: Math.round(last.bytes / store.count),
    bitsPerState: 32 * last.store.states.width,
  };
}

const { values } = parseArgs({ options: { json: { type: 'boolean' }, states: { type: 'string', default: '200000' } } });
const rows = CASES.map(([alphabet, profile]) => measure(alphabet, profile, Number(values.states)));
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
