import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAP_KERNELMODE, CAP_KRNLMODEBYPAGE, Capability, LAST_CAPABILITY, isCapability } from './capability.ts';
import { ALL_CAPABILITIES, capSet, combine, has, intersect, isSubset, members, without } from './capset.ts';

const set = fc.bigInt({ min: 0n, max: ALL_CAPABILITIES });

describe('capability sets', () => {
  it('number 43 capabilities without a gap, the two new ones 41 and 42', () => {
    const numbers = Object.values(Capability);
    expect(numbers).toEqual(Array.from({ length: 43 }, (_, number) => number));
    expect([CAP_KERNELMODE, CAP_KRNLMODEBYPAGE, LAST_CAPABILITY]).toEqual([41, 42, 42]);
  });

  it('know 0 to 42 and nothing else', () => {
    expect([0, 42].map(isCapability)).toEqual([true, true]);
    expect([-1, 43, 64, 1.5, Number.NaN].map(isCapability)).toEqual([false, false, false, false, false]);
  });

  it('list their 3 members in order and are rebuilt from them', () => {
    expect(members(capSet(42, 0, 13))).toEqual([0, 13, 42]);
    fc.assert(fc.property(set, (a) => capSet(...members(a)) === a));
  });

  it('combine, intersect and without agree with membership, capability by capability', () => {
    const capability = fc.integer({ min: 0, max: LAST_CAPABILITY });
    fc.assert(
      fc.property(set, set, capability, (a, b, n) => {
        expect(has(combine(a, b), n)).toBe(has(a, n) || has(b, n));
        expect(has(intersect(a, b), n)).toBe(has(a, n) && has(b, n));
        expect(has(without(a, b), n)).toBe(has(a, n) && !has(b, n));
      }),
    );
  });

  it('are a subset exactly when nothing is left without the whole', () => {
    fc.assert(fc.property(set, set, (a, b) => isSubset(a, b) === members(a).every((n) => has(b, n))));
  });
});
