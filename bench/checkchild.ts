/**
 * One search of `check.ts` in a process of its own: `node checkchild.ts ALPHABET PROFILE STATES`; prints one line of JSON, a Row. Without
 * arguments it only compiles what it would run, and prints null.
 */
import { ALPHABETS } from '../src/check/alphabet.ts';
import type { Alphabet, AlphabetName } from '../src/check/alphabet.ts';
import { Explorer } from '../src/check/explorer.ts';
import { makeRules } from '../src/kernel/semantics/config.ts';
import type { ProfileName } from '../src/kernel/semantics/config.ts';
import { DEFAULT_SETUP } from '../src/kernel/semantics/setup.ts';
import { naiveSearch } from './naivesearch.ts';

/** One comparison. */
export interface Row {
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

const [alphabet, profile, states] = process.argv.slice(2);
const row = alphabet === undefined ? null : measure(alphabet as AlphabetName, profile as ProfileName, Number(states));
console.log(JSON.stringify(row));
