import type { FrontEndSpec } from './frontend.ts';
import type { FrontEndProfile } from './profile.ts';

/** Instructions of a line, 4 bytes each: the mean of x86 server code. */
const LINE_INSTRUCTIONS = 16;
const NONE = { sets: 1, ways: 1 };

/** How fast a core runs code that hits everywhere, in cycles an instruction. */
interface Pace {
  readonly user: number;
  readonly kernel: number;
}

/** The front end that a profile describes, of a core that runs at a pace, with branches told apart by thread or not; without one, no code is ever cold. */
export function frontEndSpec(profile: FrontEndProfile | false, pace: Pace, isTagged = false): FrontEndSpec {
  if (profile === false) return { branches: { ...NONE, missed: 0 }, uops: { ...NONE, user: 0, kernel: 0 }, returns: 0 };
  const { branches, uops, returnCycles } = profile;
  return {
    branches: { ...geometry(branches), missed: branches.missedCycles.value, isTagged },
    uops:
      uops === false
        ? { ...NONE, user: 0, kernel: 0 }
        : {
            ...geometry(uops),
            user: decoding(uops.decodeWidth.value, pace.user),
            kernel: decoding(uops.decodeWidth.value, pace.kernel),
          },
    returns: returnCycles.value,
  };
}

/** Cycles by which the decoders are slower for a line than what follows them; nothing where they keep up. */
function decoding(width: number, pace: number): number {
  return Math.max(0, LINE_INSTRUCTIONS / width - LINE_INSTRUCTIONS * pace);
}

function geometry({ lines, ways }: { readonly lines: number; readonly ways: number }): { sets: number; ways: number } {
  return { sets: lines / ways, ways };
}
