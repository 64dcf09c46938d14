import { sourced, type FrontEndProfile, type Sourced, type StructureProfile } from '../profile.ts';

/** One branch in five instructions, of server code (recalled: one in four to seven). */
const BRANCH_EVERY = 5;
/** Share of branches without history that are mispredicted or found too late: static prediction is right for the others. */
const MISSED = 0.3;
/** One call in thirty instructions. */
const CALL_EVERY = 30;
/** Cycles an instruction from the legacy decoders takes longer than from a micro-op cache. */
const DECODE = 0.1;
/** Branches that a history register spans, of which a tenth are predicted by it alone. */
const HISTORY_BRANCHES = 200;
const HISTORY_SHARE = 0.1;

/** Sizes from which the behaviour of a front end is derived; 0 where the processor lacks a structure. */
interface FrontEndSizes {
  /** Entries of the branch target buffer, and of the stack of return addresses. */
  readonly targets: number;
  readonly returns: number;
  /** Micro-operations kept decoded. */
  readonly uops: number;
  /** Cycles of a misprediction. */
  readonly flush: number;
  readonly source: string;
}

const assumed = (value: number, source: string): Sourced => sourced(value, [value / 3, value * 3], 'assumed', source);
const absent: StructureProfile = { penalty: none(), displaced: none(), relearned: none() };

function none(): Sourced {
  return sourced(0, [0, 0], 'assumed', 'the machine has no such structure, or it is not modelled');
}

/** Off unless a run says `-o profile.frontEnd.weight=1`: the parameters are estimates by instructions, not by distinct code, and likely too high. */
const weight = sourced(
  0,
  [0, 1],
  'assumed',
  'not charged until the estimates below are measured: docs/adr/0011-front-end.md',
);

/** A front end without memory, so that no code is ever cold. */
export const timelessFrontEnd: FrontEndProfile = {
  weight,
  branches: absent,
  history: absent,
  returns: absent,
  uops: absent,
};

/**
 * Derives a front end from sizes: other code takes a structure over in as many instructions as fill its entries once, and one's own code needs
 * as many to fill it again; what an instruction takes longer meanwhile is the cost of a miss by how often one occurs. None of it is measured.
 */
export function frontEnd({ targets, returns, uops, flush, source }: FrontEndSizes): FrontEndProfile {
  const structure = (penalty: number, instructions: number, why: string): StructureProfile => ({
    penalty: assumed(penalty, `${source}; ${why}`),
    displaced: assumed(instructions, `${source}; one entry each ${why}`),
    relearned: assumed(instructions, `${source}; one entry each ${why}`),
  });
  return {
    weight,
    branches: structure((flush * MISSED) / BRANCH_EVERY, targets * BRANCH_EVERY, '5 instructions, 30 % of them missed'),
    history: structure(
      (flush * HISTORY_SHARE) / BRANCH_EVERY,
      HISTORY_BRANCHES * BRANCH_EVERY,
      '5 instructions, 200 branches of history, 10 % of them predicted by it alone',
    ),
    returns: structure(flush / CALL_EVERY, returns * CALL_EVERY, '30 instructions, all of them missed'),
    uops: uops === 0 ? absent : structure(DECODE, uops, 'instruction, 0.1 cycles slower from the decoders'),
  };
}

const FOG = 'Fog, The microarchitecture of Intel, AMD and VIA CPUs, recalled';
const shape = (targets: number, returns: number, uops: number, flush: number): FrontEndProfile =>
  frontEnd({ targets, returns, uops, flush, source: FOG });

/** Front ends by core. The trace cache of the Pentium 4 is its first-level instruction cache here. */
export const frontEnds = {
  northwood: shape(4096, 16, 0, 20),
  prescott: shape(4096, 16, 0, 30),
  k8: shape(2048, 12, 0, 12),
  nehalem: shape(2048, 16, 0, 17),
  sandyBridge: shape(4096, 16, 1536, 16),
  haswell: shape(4096, 16, 1536, 16),
  skylake: shape(4096, 16, 1536, 16),
  sunnyCove: shape(5120, 16, 2304, 17),
  goldenCove: shape(12288, 24, 4096, 17),
  zen2: shape(7168, 32, 4096, 18),
  zen3: shape(6656, 32, 4096, 13),
  zen4: shape(7168, 32, 6912, 13),
} as const satisfies Record<string, FrontEndProfile>;
