import { expect, test } from 'vitest';
import { ALPHABETS, operationsOf } from '../../src/check/alphabet.ts';
import type { Alphabet, AlphabetName } from '../../src/check/alphabet.ts';
import { footprintOf, seenParts, wholeThreads } from '../../src/check/footprint.ts';
import { Parts } from '../../src/check/parts.ts';
import { printProgram } from '../../src/check/programtext.ts';
import { layoutFor } from '../../src/check/searchlayout.ts';
import { SHOWN } from '../../src/check/views.ts';
import { apply, beginCode, beginEvent } from '../../src/kernel/semantics/apply.ts';
import { makeRules } from '../../src/kernel/semantics/config.ts';
import type { ProfileName } from '../../src/kernel/semantics/config.ts';
import { Machine } from '../../src/kernel/semantics/machine.ts';
import type { Operation } from '../../src/kernel/semantics/operation.ts';
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
      const footprint = footprintOf(op, rules, layout.capacity);
      const looked = seenParts(footprint).reduce((mask, { part }) => mask | (1 << part), 0);
      const { reads, overwrites } = footprint;
      [allowed, text] = [reads | overwrites | looked | wholeThreads(freeThreads(m)), printProgram([op])];
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

/** A machine in which of the parts that an operation sees by a view nothing else is left. */
function blinkered(m: Machine, op: Operation, parts: Parts): Machine {
  const copy = new Machine(m.rules, m.layout);
  copy.bytes.set(m.bytes);
  for (const { part, name } of seenParts(footprintOf(op, m.rules, m.layout.capacity))) {
    const shown = SHOWN[name](m.layout);
    for (const at of copy.bytes.keys()) if (parts.partAt(at) === part) copy.bytes[at] &= shown[at];
  }
  return copy;
}

/** What an operation changed, by byte, in parts that it does not see by a view; and what else came of it. */
function outcome(m: Machine, op: Operation, parts: Parts): string {
  const seen = new Set(seenParts(footprintOf(op, m.rules, m.layout.capacity)).map(({ part }) => part));
  const before = m.bytes.slice();
  m.effects.clear();
  m.violations.clear();
  const value = SPECS[op.code].run(m, op.thread, op);
  const isOwned = (at: number): boolean => parts.partAt(at) !== undefined;
  const changed = [...before.keys()].filter((at) => isOwned(at) && m.bytes[at] !== before[at]);
  const bytes = m.overflow === '' ? changed.map((at) => [seen.has(parts.partAt(at) ?? -1), at, m.bytes[at]]) : [];
  return JSON.stringify([value, m.effects.mask, m.violations.mask, m.overflow, bytes]);
}

/** Operations that do something else, or change what they only see, when the rest of what they see is gone; and how many saw less than there was. */
function blind(profile: ProfileName, name: AlphabetName, walks: number): { strays: string[]; compared: number } {
  const alphabet: Alphabet = ALPHABETS[name];
  const rules = makeRules(profile);
  const operations = operationsOf(alphabet);
  const layout = layoutFor(alphabet, operations);
  const rng = openStream(12, 0, `check/views/${profile}/${name}`);
  const strays = new Set<string>();
  let compared = 0;
  for (let walk = 0; walk < walks; walk++) {
    const m = start(rules, layout, { ...DEFAULT_SETUP, ...alphabet.setup }, alphabet.threads);
    const parts = new Parts(m);
    for (let i = 0; i < 60; i++) {
      const op = operations[rng.below(operations.length)];
      if (op.thread >= 0 && (!threadExists(m, op.thread) || threadStatus(m, op.thread) !== Status.Running)) continue;
      const before = m.words.slice();
      if (SPECS[op.code].by === 'kernel') beginEvent(m, op);
      if (SPECS[op.code].by === 'code' && !beginCode(m, op.thread)) continue;
      const less = blinkered(m, op, parts);
      if (less.words.some((word, at) => word !== m.words[at])) compared++;
      const whole = outcome(m, op, parts);
      if (whole.includes('[true,') || whole !== outcome(less, op, parts)) strays.add(printProgram([op]));
      if (m.overflow !== '' || rng.below(4) !== 0) m.words.set(before);
      m.overflow = '';
    }
  }
  return { strays: [...strays], compared };
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

test.each([
  ['L0', 'all1'],
  ['L1', 'all2'],
  ['H', 'all2'],
  ['H', 'peers'],
] as const)(
  'operations of %s in %s do the same when they see of a part no more than their view, in 300 random walks',
  (profile, name) => {
    const { strays, compared } = blind(profile, name, 300);
    expect(strays).toEqual([]);
    expect(compared).toBeGreaterThan(1000);
  },
);
