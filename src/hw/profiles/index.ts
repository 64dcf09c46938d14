import type { MachineProfile } from '../profile.ts';
import { genoaVm } from './genoavm.ts';
import { skylakeSp, skylakeSp2017, skylakeSp2022 } from './skylakesp.ts';
import { toy } from './toy.ts';

/** All machines by name. A new machine is one file and one row here. */
export const machines: Readonly<Record<string, MachineProfile>> = {
  [skylakeSp.name]: skylakeSp,
  [skylakeSp2017.name]: skylakeSp2017,
  [skylakeSp2022.name]: skylakeSp2022,
  [genoaVm.name]: genoaVm,
  [toy.name]: toy,
};
