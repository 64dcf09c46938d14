import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAP_KERNELMODE, CAP_KRNLMODEBYPAGE, isCapability } from '../kernel/semantics/linux/capability.ts';
import { ALL_CAPABILITIES, capSet, isSubset } from '../kernel/semantics/linux/capset.ts';
import { recordedSet, simulatedNumber, simulatedSet } from './capabilitystandins.ts';

describe('stand-ins of the recording', () => {
  it('are capabilities 13 and 23', () => {
    expect([13, 23].map(simulatedNumber)).toEqual([CAP_KERNELMODE, CAP_KRNLMODEBYPAGE]);
    expect(simulatedSet(capSet(13, 23, 24))).toBe(capSet(41, 42, 24));
  });

  it('leave other numbers alone, and those the recording kernel does not know unknown', () => {
    expect([0, 12, 40].map(simulatedNumber)).toEqual([0, 12, 40]);
    expect([41, 42, 63].map((number) => isCapability(simulatedNumber(number)))).toEqual([false, false, false]);
    expect(isSubset(simulatedSet(capSet(41)), ALL_CAPABILITIES)).toBe(false);
  });

  it('turn back: every set of 41 capabilities reads as it was written, and member by member', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 41n - 1n }), fc.nat(40), (set, number) => {
        expect(recordedSet(simulatedSet(set))).toBe(set);
        expect(isSubset(capSet(number), set)).toBe(isSubset(capSet(simulatedNumber(number)), simulatedSet(set)));
      }),
    );
  });
});
