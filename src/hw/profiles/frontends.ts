import { sourced, type FrontEndProfile } from '../profile.ts';

/** Branches of a line of server code: one in five of its 16 instructions. */
const BRANCHES = 3;
/** Of them, entries of the target buffer: those that are ever taken. */
const TARGETS = 2;
/** Unknown branches that are mispredicted, in percent: static prediction is right for the others. */
const MISPREDICTED = 30;
/** Returns of which the stack still knew the address when it was emptied. */
const RETURNS = 4;

/** Sizes from which a front end is derived: `lines` of code are kept decoded in sets of `ways`, none if absent; `flush` is a misprediction in cycles. */
interface FrontEndSizes {
  readonly targets: number;
  readonly targetWays: number;
  readonly flush: number;
  readonly decoded?: { readonly lines: number; readonly ways: number; readonly uops: number };
  readonly decodeWidth?: number;
}

const FOG = 'Fog, The microarchitecture of Intel, AMD and VIA CPUs, recalled';

/** A front end by the sizes of its structures. What an unknown line costs is estimated, with a factor of three either way. */
export function frontEnd({ targets, targetWays, flush, decoded, decodeWidth = 4 }: FrontEndSizes): FrontEndProfile {
  const missed = (BRANCHES * MISPREDICTED * flush) / 100;
  const returns = RETURNS * flush;
  return {
    branches: {
      lines: targets / TARGETS,
      ways: targetWays,
      source: `${FOG}: ${targets} branch targets, of which a line of code takes ${TARGETS}`,
      missedCycles: sourced(
        missed,
        [Math.floor(missed / 3), Math.ceil(missed * 3)],
        'assumed',
        `${BRANCHES} branches a line, ${MISPREDICTED} % of them mispredicted at ${flush} cycles (${FOG})`,
      ),
    },
    uops: decoded !== undefined && {
      lines: decoded.lines,
      ways: decoded.ways,
      source: `${FOG}: ${decoded.uops} micro-operations, 18 of which a line of code takes`,
      decodeWidth: sourced(decodeWidth, [decodeWidth, decodeWidth + 2], 'recalled', `${FOG}: decoders of this core`),
    },
    returnCycles: sourced(returns, [0, returns * 4], 'assumed', `${RETURNS} returns mispredicted at ${flush} cycles`),
  };
}

/** Front ends by core. The trace cache of the Pentium 4 is its first-level instruction cache here. */
export const frontEnds = {
  northwood: frontEnd({ targets: 4096, targetWays: 4, flush: 20 }),
  prescott: frontEnd({ targets: 4096, targetWays: 4, flush: 30 }),
  k8: frontEnd({ targets: 2048, targetWays: 4, flush: 12 }),
  nehalem: frontEnd({ targets: 2048, targetWays: 4, flush: 17 }),
  sandyBridge: frontEnd({ targets: 4096, targetWays: 4, flush: 16, decoded: { lines: 80, ways: 5, uops: 1536 } }),
  haswell: frontEnd({ targets: 4096, targetWays: 4, flush: 16, decoded: { lines: 80, ways: 5, uops: 1536 } }),
  skylake: frontEnd({
    targets: 4096,
    targetWays: 4,
    flush: 16,
    decoded: { lines: 80, ways: 5, uops: 1536 },
    decodeWidth: 5,
  }),
  sunnyCove: frontEnd({
    targets: 5120,
    targetWays: 5,
    flush: 17,
    decoded: { lines: 128, ways: 8, uops: 2304 },
    decodeWidth: 5,
  }),
  goldenCove: frontEnd({
    targets: 12_288,
    targetWays: 6,
    flush: 17,
    decoded: { lines: 224, ways: 7, uops: 4096 },
    decodeWidth: 6,
  }),
  zen2: frontEnd({ targets: 7168, targetWays: 7, flush: 18, decoded: { lines: 224, ways: 7, uops: 4096 } }),
  zen3: frontEnd({ targets: 6656, targetWays: 13, flush: 13, decoded: { lines: 224, ways: 7, uops: 4096 } }),
  zen4: frontEnd({ targets: 7168, targetWays: 7, flush: 13, decoded: { lines: 384, ways: 6, uops: 6912 } }),
} as const satisfies Record<string, FrontEndProfile>;
