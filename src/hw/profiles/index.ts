import type { MachineProfile } from '../profile.ts';
import { genoaVm } from './genoavm.ts';
import { haswell, haswell2018 } from './haswell.ts';
import { iceLakeSp } from './icelakesp.ts';
import { nehalem } from './nehalem.ts';
import { northwood, northwood24, northwood2552, northwoodInt80 } from './northwood.ts';
import { athlon64, opteronK8 } from './opteronk8.ts';
import { prescott, prescott64 } from './prescott.ts';
import { sandyBridge2012, sandyBridgeEp } from './sandybridgeep.ts';
import { fredServer, sapphireRapids } from './sapphirerapids.ts';
import { skylakeSp, skylakeSp2017, skylakeSp2022, skylakeSp2s } from './skylakesp.ts';
import { toy } from './toy.ts';
import { zen2, zen3, zen4 } from './zen.ts';

const shipped: readonly MachineProfile[] = [
  [
    northwood,
    northwood24,
    northwood2552,
    northwoodInt80,
    prescott,
    prescott64,
    athlon64,
    opteronK8,
    nehalem,
    sandyBridge2012,
    sandyBridgeEp,
    haswell,
    haswell2018,
  ],
  [skylakeSp2017, skylakeSp, skylakeSp2022, skylakeSp2s, iceLakeSp, sapphireRapids, fredServer],
  [zen2, zen3, zen4, genoaVm, toy],
].flat();

/** All machines by name, oldest first. A new machine is one file and its name here. */
export const machines: Readonly<Record<string, MachineProfile>> = Object.fromEntries(
  shipped.map((profile) => [profile.name, profile]),
);
