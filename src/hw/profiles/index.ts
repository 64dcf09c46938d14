import type { MachineProfile } from '../profile.ts';
import { genoaVm } from './genoavm.ts';
import { skylakeSp } from './skylakesp.ts';
import { toy } from './toy.ts';

/** All machines by name. A new machine is one file and one row here. */
export const machines: Readonly<Record<string, MachineProfile>> = {
  [skylakeSp.name]: skylakeSp,
  [genoaVm.name]: genoaVm,
  [toy.name]: toy,
};
