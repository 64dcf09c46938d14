import { apply } from '../../src/kernel/semantics/apply.ts';
import type { Rules } from '../../src/kernel/semantics/config.ts';
import { start } from '../../src/kernel/semantics/setup.ts';
import { DEFAULT_SETUP } from '../../src/kernel/semantics/setup.ts';
import { Status, threadExists, threadStatus } from '../../src/kernel/semantics/thread.ts';
import { operationsOf } from '../../src/check/alphabet.ts';
import type { Alphabet } from '../../src/check/alphabet.ts';
import { Canonicalizer } from '../../src/check/canonical.ts';
import { Kind, excludedKinds, isLegitimate, kindOf, runsVerified } from '../../src/check/enabled.ts';
import { layoutFor } from '../../src/check/explorer.ts';

/** What a search without any optimisation finds: states in a Map by their text, one `structuredClone` a transition. */
export function naiveSearch(
  rules: Rules,
  alphabet: Alphabet,
  symmetry: boolean,
  limit = Infinity,
): { states: number; expanded: number; broken: number } {
  const operations = operationsOf(alphabet).map((op) => ({ op, kind: kindOf(op) }));
  const m = start(
    rules,
    layoutFor(
      alphabet,
      operations.map(({ op }) => op),
    ),
    { ...DEFAULT_SETUP, ...alphabet.setup },
    alphabet.threads,
  );
  const canonical = new Canonicalizer(m, symmetry && alphabet.threads === 2);
  const { tlb, size, capacity } = m.layout;
  const settle = (): Uint8Array => {
    canonical.apply(true);
    if (capacity.cores === 1) m.bytes.fill(0, tlb, size);
    return structuredClone(m.bytes);
  };
  const first = settle();
  const seen = new Map<string, Uint8Array>([[first.join(), first]]);
  const queue = [first];
  let broken = 0;
  let expanded = 0;
  for (; expanded < queue.length && expanded < limit; expanded++) {
    for (const { op, kind } of operations) {
      m.bytes.set(queue[expanded]);
      if (op.thread >= 0) {
        if (!threadExists(m, op.thread) || threadStatus(m, op.thread) !== Status.Running) continue;
        if ((kind & excludedKinds(m, op.thread)) !== 0) continue;
        if ((kind & Kind.Transfer) !== 0 && runsVerified(m, op.thread) && !isLegitimate(m, op.thread, op)) continue;
      }
      apply(m, op, false);
      if (m.overflow !== '') continue;
      broken |= m.violations.mask;
      const state = settle();
      const key = state.join();
      if (seen.has(key)) continue;
      seen.set(key, state);
      queue.push(state);
    }
  }
  return { states: seen.size, expanded, broken };
}
