import { stepCycles, type MachineProfile } from '../hw/profile.ts';
import { isPresent, type Feature, type StepName } from '../hw/steps.ts';
import type { Cycles } from '../sim/units.ts';

/**
 * What the thunks that a kernel is built with cost its own code: each return and each call through a pointer takes so much longer. They stand
 * in the kernel's text, so that no policy is without them: user code in kernel mode calls the same functions.
 */
export class Thunks {
  readonly #perReturn: Cycles;
  readonly #perIndirectCall: Cycles;

  constructor(perReturn: Cycles, perIndirectCall: Cycles) {
    this.#perReturn = perReturn;
    this.#perIndirectCall = perIndirectCall;
  }

  /** Cycles that so many returns and indirect calls take longer. */
  of(returns: number, indirectCalls: number): Cycles {
    return returns * this.#perReturn + indirectCalls * this.#perIndirectCall;
  }
}

/** Text without thunks. */
export const NO_THUNKS = new Thunks(0, 0);

/** The thunks of a machine's kernel with these features in force. */
export function thunksOf(profile: MachineProfile, features: ReadonlySet<Feature>): Thunks {
  const priced = (name: StepName): Cycles => (isPresent(name, features) ? stepCycles(profile, name) : 0);
  return new Thunks(priced('safeReturn'), priced('retpoline'));
}
