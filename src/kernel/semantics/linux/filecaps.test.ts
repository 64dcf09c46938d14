import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAP_KERNELMODE, Capability } from './capability.ts';
import { ALL_CAPABILITIES, NO_CAPABILITIES, capSet } from './capset.ts';
import { countsHere, decodeFileCapabilities, encodeFileCapabilities } from './filecaps.ts';
import type { FileCapabilities } from './filecaps.ts';

const set = fc.bigInt({ min: 0n, max: ALL_CAPABILITIES });
const sets = { permitted: set, inheritable: set, effective: fc.boolean() };
const anyCapabilities: fc.Arbitrary<FileCapabilities> = fc.oneof(
  fc.record({ version: fc.constant(2 as const), ...sets, rootId: fc.constant(0) }),
  fc.record({ version: fc.constant(3 as const), ...sets, rootId: fc.nat(2 ** 31 - 1) }),
);

const NET_RAW_EP: FileCapabilities = {
  version: 2,
  permitted: capSet(Capability.CAP_NET_RAW),
  inheritable: NO_CAPABILITIES,
  effective: true,
  rootId: 0,
};

describe('the security.capability attribute', () => {
  it('of cap_net_raw=ep is the 20 bytes that setcap writes', () => {
    const bytes = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    expect([...encodeFileCapabilities(NET_RAW_EP)]).toEqual(bytes);
    expect(decodeFileCapabilities(Uint8Array.from(bytes))).toEqual(NET_RAW_EP);
  });

  it('carries CAP_KERNELMODE in bit 9 of the high word of permitted, at byte 12', () => {
    const attribute = encodeFileCapabilities({ ...NET_RAW_EP, permitted: capSet(CAP_KERNELMODE) });
    expect([...attribute.subarray(12, 16)]).toEqual([0, 2, 0, 0]);
  });

  it('of version 2 and 3 reads back as written, 20 and 24 bytes long', () => {
    fc.assert(
      fc.property(anyCapabilities, (capabilities) => {
        const attribute = encodeFileCapabilities(capabilities);
        expect(attribute.length).toBe(capabilities.version === 2 ? 20 : 24);
        expect(decodeFileCapabilities(attribute)).toEqual(capabilities);
      }),
    );
  });

  it('drops bits above 42', () => {
    const everything = { ...NET_RAW_EP, permitted: 2n ** 64n - 1n };
    expect(decodeFileCapabilities(encodeFileCapabilities(everything))?.permitted).toBe(ALL_CAPABILITIES);
  });

  it('is refused when empty, short, long, of version 1 or of version 4', () => {
    const good = encodeFileCapabilities(NET_RAW_EP);
    const ofVersion = (version: number) => Uint8Array.from(good, (byte, index) => (index === 3 ? version : byte));
    const wrong = [
      new Uint8Array(),
      good.subarray(0, 19),
      Uint8Array.of(...good, 0),
      ofVersion(3),
      ofVersion(1),
      ofVersion(4),
    ];
    for (const attribute of wrong) expect(decodeFileCapabilities(attribute)).toBeNull();
  });

  it('of version 3 counts only when root of the initial namespace owns it', () => {
    expect(countsHere(NET_RAW_EP)).toBe(true);
    expect(countsHere({ ...NET_RAW_EP, version: 3 })).toBe(true);
    expect(countsHere({ ...NET_RAW_EP, version: 3, rootId: 1000 })).toBe(false);
  });
});
