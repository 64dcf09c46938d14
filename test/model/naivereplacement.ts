import type { Rng } from '../../src/sim/rng.ts';

/** A set of a cache by definition: keys in numbered ways, and the rule of what goes. Slow and obvious. */
export interface NaiveSet {
  readonly keys: (number | undefined)[];
  used(way: number): void;
  filled(way: number): void;
  victim(): number;
}

/** A node of a tree of pointers: `side` says which half was used longer ago. */
interface Tree {
  readonly ways: readonly number[];
  readonly halves?: readonly [Tree, Tree];
  side: 0 | 1;
}

function plant(ways: readonly number[]): Tree {
  if (ways.length === 1) return { ways, side: 0 };
  const half = ways.length / 2;
  return { ways, halves: [plant(ways.slice(0, half)), plant(ways.slice(half))], side: 0 };
}

function pointAway(tree: Tree, way: number): void {
  if (tree.halves === undefined) return;
  const used = tree.halves[0].ways.includes(way) ? 0 : 1;
  tree.side = used === 0 ? 1 : 0;
  pointAway(tree.halves[used], way);
}

function follow(tree: Tree): number {
  return tree.halves === undefined ? tree.ways[0] : follow(tree.halves[tree.side]);
}

const emptyKeys = (ways: number): (number | undefined)[] => Array.from({ length: ways }, () => undefined);

function lruSet(ways: number): NaiveSet {
  const order: number[] = [];
  const used = (way: number): void => {
    if (order.includes(way)) order.splice(order.indexOf(way), 1);
    order.push(way);
  };
  return { keys: emptyKeys(ways), used, filled: used, victim: () => order[0] };
}

function treeSet(ways: number): NaiveSet {
  const tree = plant([...emptyKeys(ways).keys()]);
  const used = (way: number): void => pointAway(tree, way);
  return { keys: emptyKeys(ways), used, filled: used, victim: () => follow(tree) };
}

function srripSet(ways: number): NaiveSet {
  let age = emptyKeys(ways).map(() => 0);
  return {
    keys: emptyKeys(ways),
    used: (way) => (age[way] = 0),
    filled: (way) => (age[way] = 2),
    victim: () => {
      const missing = 3 - Math.max(...age);
      age = age.map((value) => value + missing);
      return age.indexOf(3);
    },
  };
}

const ignore = (): void => {};

function randomSet(ways: number, rng: Rng): NaiveSet {
  return { keys: emptyKeys(ways), used: ignore, filled: ignore, victim: () => rng.below(ways) };
}

/** The rules by name. */
export const NAIVE_SETS: Readonly<Record<string, (ways: number, rng: Rng) => NaiveSet>> = {
  lru: lruSet,
  treePlru: treeSet,
  srrip: srripSet,
  random: randomSet,
};

/** The XOR of the groups of `log2(sets)` binary digits of a key, last digits first. */
export function naiveHash(key: number, sets: number): number {
  const digits = sets.toString(2).length - 1;
  if (digits === 0) return 0;
  let set = 0;
  for (let text = key.toString(2); text !== ''; text = text.slice(0, -digits)) set ^= parseInt(text.slice(-digits), 2);
  return set;
}

/** A store of such sets. */
export class NaiveStore {
  readonly #sets: readonly NaiveSet[];
  readonly #setOf: (key: number) => number;

  constructor(rule: string, sets: number, ways: number, hashed: boolean, rng: Rng) {
    this.#sets = Array.from({ length: sets }, () => NAIVE_SETS[rule](ways, rng));
    this.#setOf = (key) => (hashed ? naiveHash(key, sets) : key % sets);
  }

  access(key: number): boolean {
    const set = this.#of(key);
    const way = set.keys.indexOf(key);
    if (way >= 0) set.used(way);
    return way >= 0;
  }

  /** Returns the evicted key, or -1. */
  fill(key: number): number {
    const set = this.#of(key);
    const free = set.keys.indexOf(undefined);
    const way = free >= 0 ? free : set.victim();
    const victim = set.keys[way];
    set.keys[way] = key;
    set.filled(way);
    return victim ?? -1;
  }

  remove(key: number): boolean {
    const set = this.#of(key);
    const way = set.keys.indexOf(key);
    if (way >= 0) set.keys[way] = undefined;
    return way >= 0;
  }

  has(key: number): boolean {
    return this.#of(key).keys.includes(key);
  }

  #of(key: number): NaiveSet {
    return this.#sets[this.#setOf(key)];
  }
}
