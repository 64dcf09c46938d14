import type { Collector } from './collector.ts';
import { stopTheWorld } from './stoptheworld.ts';

/** Instructions of card marking in 1000 of the program. Assumed: some ten stores of references, of two instructions each. */
const CARD_BARRIER = 20;

/** One thread, the runtime's own, collects while the program stands still (HotSpot Serial, .NET workstation). */
export const serial: Collector = {
  doc: 'one thread collects while the program stands still',
  barrier: { always: CARD_BARRIER, active: 0 },
  threads: () => 0,
  beside: () => 0,
  pins: false,
  plan: stopTheWorld,
};
