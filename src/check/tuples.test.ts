import { expect, test } from 'vitest';
import { openStream } from '../sim/rng.ts';
import { Tuples } from './tuples.ts';

test('20 000 tuples of few values keep the numbers that a Map of their texts gives them', () => {
  const rng = openStream(5, 0, 'check/tuples');
  const tuples = new Tuples(3, 4);
  const numbers = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    const words = Int32Array.from({ length: 3 }, () => rng.below(20) - 10);
    const key = words.join();
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    expect(tuples.intern(words)).toBe(numbers.get(key));
  }
  expect(tuples.count).toBe(numbers.size);
});

test('tuples of the same sum are told apart', () => {
  const tuples = new Tuples(2);
  expect(tuples.add(Int32Array.of(1, 2), 7)).toBe(-1);
  expect(tuples.add(Int32Array.of(2, 1), 7)).toBe(-2);
  expect(tuples.add(Int32Array.of(1, 2), 7)).toBe(0);
});
