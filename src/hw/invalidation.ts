import type { Core } from './core.ts';
import { PART_BUCKET } from './cpi.ts';
import type { Machine } from './machine.ts';
import { STEPS, type StepName } from './steps.ts';
import type { Tlbs } from './tlb.ts';

/** An instruction that drops translations: its price, and what it drops given a page and an address-space tag. */
interface Invalidation {
  readonly step: StepName;
  readonly drop: (tlbs: Tlbs, vpn: number, tag: number) => void;
}

/** The instructions by name (Intel SDM vol. 3, 4.10.4.1). INVPCID exists where the machine has the option. */
const INVALIDATIONS = {
  invlpg: { step: 'invlpg', drop: (tlbs, vpn, tag) => tlbs.invalidatePage(vpn, tag) },
  invpcidPage: { step: 'invpcidPage', drop: (tlbs, vpn, tag) => tlbs.invalidateTagged(vpn, tag) },
  invpcidContext: { step: 'invpcidContext', drop: (tlbs, _vpn, tag) => tlbs.flushTag(tag) },
  invpcidAll: { step: 'invpcidAll', drop: (tlbs) => tlbs.flushAll() },
  cr3Reload: { step: 'cr3Reload', drop: (tlbs, _vpn, tag) => tlbs.flushTag(tag) },
  globalFlush: { step: 'globalFlush', drop: (tlbs) => tlbs.flushAll() },
} as const satisfies Record<string, Invalidation>;
/** Name of an instruction that drops translations. */
export type InvalidationName = keyof typeof INVALIDATIONS;

/** Executes such an instruction on a core: passes its time, drops what it drops, and has the pages in use looked up again. */
export function invalidate(machine: Machine, core: Core, name: InvalidationName, vpn: number, tag: number): void {
  const { step, drop }: Invalidation = INVALIDATIONS[name];
  core.spend(PART_BUCKET[STEPS[step].part], machine.step(step));
  drop(core.tlbs, vpn, tag);
  core.memory.forgetPages();
}
