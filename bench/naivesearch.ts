import { apply } from '../src/kernel/semantics/apply.ts';
import type { Rules } from '../src/kernel/semantics/config.ts';
import type { Machine } from '../src/kernel/semantics/machine.ts';
import type { Operation } from '../src/kernel/semantics/operation.ts';
import { DEFAULT_SETUP, start } from '../src/kernel/semantics/setup.ts';
import { Status, threadExists, threadStatus } from '../src/kernel/semantics/thread.ts';
import { operationsOf } from '../src/check/alphabet.ts';
import type { Alphabet } from '../src/check/alphabet.ts';
import { Canonicalizer } from '../src/check/canonical.ts';
import { Kind, excludedKinds, isLegitimate, kindOf, runsVerified } from '../src/check/enabled.ts';
import { layoutFor } from '../src/check/searchlayout.ts';

/** A state as a program without optimisation would hold it: plain nested data. */
interface PlainState {
  readonly system: number[];
  readonly processes: number[];
  readonly spaces: number[][];
  readonly frames: number[];
  readonly threads: number[][];
  readonly translations: number[];
}

/** Rows of `width` bytes from `from`, up to `end`. */
function rows(bytes: Uint8Array, from: number, end: number, width: number): number[][] {
  const all: number[][] = [];
  for (let at = from; at + width <= end; at += width) all.push([...bytes.subarray(at, at + width)]);
  return all;
}

/** The machine's state as plain data. */
function read({ bytes, layout }: Machine): PlainState {
  const part = (from: number, end: number): number[] => [...bytes.subarray(from, end)];
  const { capacity } = layout;
  return {
    system: part(0, layout.processes),
    processes: part(layout.processes, layout.spaces),
    spaces: rows(bytes, layout.spaces, layout.frames, layout.spaceSize),
    frames: part(layout.frames, layout.threads),
    threads: rows(bytes, layout.threads, layout.tlb, layout.threadSize),
    translations: capacity.cores > 1 ? part(layout.tlb, layout.size) : [],
  };
}

/** Puts plain data back into the machine. */
function write({ bytes, layout }: Machine, state: PlainState): void {
  bytes.fill(0);
  const { system, processes, spaces, frames, threads, translations } = state;
  bytes.set([...system, ...processes, ...spaces.flat(), ...frames, ...threads.flat(), ...translations]);
  if (translations.length === 0) bytes.fill(0, layout.tlb);
}

/** Whether a step can happen now. */
function isEnabled(m: Machine, op: Operation): boolean {
  const kind = kindOf(op);
  if (op.thread < 0) return true;
  if (!threadExists(m, op.thread) || threadStatus(m, op.thread) !== Status.Running) return false;
  if ((kind & excludedKinds(m, op.thread)) !== 0) return false;
  return (kind & Kind.Transfer) === 0 || !runsVerified(m, op.thread) || isLegitimate(m, op.thread, op);
}

/** What a search found. */
export interface NaiveResult {
  readonly states: number;
  readonly expanded: number;
  /** Numbers of the broken invariants, as bits. */
  readonly broken: number;
}

/** A search without any optimisation: every step works on a `structuredClone`, and a Map holds the states by their text. */
export function naiveSearch(rules: Rules, alphabet: Alphabet, symmetry: boolean, limit = Infinity): NaiveResult {
  const operations = operationsOf(alphabet);
  const setup = { ...DEFAULT_SETUP, ...alphabet.setup };
  const m = start(rules, layoutFor(alphabet, operations), setup, alphabet.threads);
  const canonical = new Canonicalizer(m, symmetry && alphabet.threads === 2);
  canonical.apply(true);
  const seen = new Map<string, PlainState>();
  const queue: PlainState[] = [];
  const add = (state: PlainState): void => {
    const key = JSON.stringify(state);
    if (seen.has(key)) return;
    seen.set(key, state);
    queue.push(state);
  };
  add(read(m));
  let broken = 0;
  let expanded = 0;
  for (; expanded < queue.length && expanded < limit; expanded++) {
    for (const op of operations) {
      write(m, structuredClone(queue[expanded]));
      if (!isEnabled(m, op)) continue;
      apply(m, op, false);
      if (m.overflow !== '') continue;
      broken |= m.violations.mask;
      canonical.apply(true);
      add(read(m));
    }
  }
  return { states: seen.size, expanded, broken };
}
