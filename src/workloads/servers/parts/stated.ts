import { SimulationBug } from '../../../sim/errors.ts';
import type { Worked } from '../../server.ts';

/** Instructions of user work before each step of a program, by the step's name. */
export type Work = Readonly<Record<string, number>>;

/** A role whose work is stated, not recorded. */
export function stated(work: Work): Worked {
  return {
    instructionsBefore: (step) => {
      const instructions = work[step];
      if (instructions === undefined)
        throw new SimulationBug(`no work is stated for step ${step}; there is ${Object.keys(work).join(', ')}`);
      return instructions;
    },
  };
}
