import { expect, test } from 'vitest';
import { ALPHABETS, operationsOf } from '../../src/check/alphabet.ts';
import type { Alphabet, AlphabetName } from '../../src/check/alphabet.ts';
import { footprintOf, wholeThreads } from '../../src/check/footprint.ts';
import { Parts } from '../../src/check/parts.ts';
import { printProgram } from '../../src/check/programtext.ts';
import { layoutFor } from '../../src/check/searchlayout.ts';
import { apply, beginCode, beginEvent } from '../../src/kernel/semantics/apply.ts';
import { makeRules } from '../../src/kernel/semantics/config.ts';
import type { ProfileName } from '../../src/kernel/semantics/config.ts';
import type { Machine } from '../../src/kernel/semantics/machine.ts';
import { OPERATION_NAMES, SPECS } from '../../src/kernel/semantics/operations.ts';
import { DEFAULT_SETUP, start } from '../../src/kernel/semantics/setup.ts';
import { Status, threadExists, threadStatus } from '../../src/kernel/semantics/thread.ts';
import { openStream } from '../../src/sim/rng.ts';

/** Lets `heard` know of every byte of the state that is read as something else than 0, or changed. */
function listen(m: Machine, heard: (at: number, isWrite: boolean) => void): void {
  const { bytes } = m;
  const watched = new Proxy(bytes, {
    get(target, key) {
      const at = typeof key === 'string' ? Number(key) : NaN;
      if (!Number.isInteger(at)) {
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? rangeMethod(String(key), target) : value;
      }
      if (target[at] !== 0) heard(at, false);
      return target[at];
    },
    set(target, key, value) {
      const at = Number(key);
      const before = target[at];
      target[at] = Number(value);
      if (target[at] !== before) heard(at, true);
      return true;
    },
  });
  /** `fill` writes a range; `copyWithin` reads one too. */
  const rangeMethod = (name: string, target: Uint8Array) => (a: number, b: number, c: number) => {
    const before = target.slice();
    if (name === 'fill') target.fill(a, b, c);
    else {
      for (let at = b; at < c; at++) if (target[at] !== 0) heard(at, false);
      target.copyWithin(a, b, c);
    }
    for (const [at, old] of before.entries()) if (target[at] !== old) heard(at, true);
  };
  Object.defineProperty(m, 'bytes', { value: watched });
}

/** Threads that are not made yet, as bits. */
function freeThreads(m: Machine): number {
  let mask = 0;
  for (let t = 0; t < m.layout.capacity.threads; t++) if (!threadExists(m, t)) mask |= 1 << t;
  return mask;
}

/** What operations touched without declaring it, over random walks. */
function undeclared(profile: ProfileName, name: AlphabetName, walks: number): { strays: string[]; unseen: string[] } {
  const alphabet: Alphabet = ALPHABETS[name];
  const rules = makeRules(profile);
  const operations = operationsOf(alphabet);
  const layout = layoutFor(alphabet, operations);
  const rng = openStream(11, 0, `check/footprint/${profile}/${name}`);
  const strays = new Set<string>();
  const seen = new Set<string>();
  for (let walk = 0; walk < walks; walk++) {
    const m = start(rules, layout, { ...DEFAULT_SETUP, ...alphabet.setup }, alphabet.threads);
    const parts = new Parts(m);
    let allowed = -1;
    let text = '';
    listen(m, (at, isWrite) => {
      const part = parts.partAt(at);
      if (part !== undefined && (allowed & (1 << part)) === 0)
        strays.add(`${text} ${isWrite ? 'writes' : 'reads'} ${part}`);
    });
    for (let i = 0; i < 60; i++) {
      const op = operations[rng.below(operations.length)];
      const spec = SPECS[op.code];
      if (op.thread >= 0 && (!threadExists(m, op.thread) || threadStatus(m, op.thread) !== Status.Running)) continue;
      const before = m.words.slice();
      if (spec.by === 'kernel') beginEvent(m, op);
      if (spec.by === 'code' && !beginCode(m, op.thread)) continue;
      const { reads, overwrites } = footprintOf(op, rules, layout.capacity);
      [allowed, text] = [reads | overwrites | wholeThreads(freeThreads(m)), printProgram([op])];
      spec.run(m, op.thread, op);
      allowed = -1;
      seen.add(OPERATION_NAMES[op.code]);
      if (m.overflow !== '') {
        m.words.set(before);
        m.overflow = '';
      } else if (rng.below(4) === 0) {
        m.words.set(before);
        apply(m, op);
        m.overflow = '';
      }
    }
  }
  const names = new Set(operations.map(({ code }) => OPERATION_NAMES[code]));
  return { strays: [...strays], unseen: [...names].filter((own) => !seen.has(own)) };
}

test.each([
  ['L0', 'all2'],
  ['L1', 'all2'],
  ['H', 'all2'],
  ['L1', 'peers'],
  ['H', 'peers'],
] as const)(
  'operations of %s in %s read and change only what their footprint says, in 300 random walks',
  (profile, name) => {
    expect(undeclared(profile, name, 300)).toEqual({ strays: [], unseen: [] });
  },
);
