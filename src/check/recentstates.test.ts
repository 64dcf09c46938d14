import { expect, test } from 'vitest';
import { openStream } from '../sim/rng.ts';
import { RecentStates } from './recentstates.ts';
import { Tuples } from './tuples.ts';

test('of 20 000 offers it knows only states that were offered before, and every one that was offered just now', () => {
  const rng = openStream(5, 0, 'check/recentstates');
  const recent = new RecentStates(3, 64);
  const tuples = new Tuples(3);
  const seen = new Set<string>();
  let known = 0;
  for (let i = 0; i < 20000; i++) {
    const state = Int32Array.of(rng.below(30), rng.below(30), rng.below(30));
    const text = state.join(' ');
    const isKnown = recent.has(state, tuples.sumOf(state));
    if (isKnown) expect(seen).toContain(text);
    seen.add(text);
    expect(recent.has(state, tuples.sumOf(state))).toBe(true);
    if (isKnown) known++;
  }
  expect(known).toBeGreaterThan(0);
});
