import type { Machine } from '../hw/machine.ts';
import { PageFlag, type PageTable } from '../hw/pagetable.ts';
import { SimulationBug } from '../sim/errors.ts';
import type { ProcessSpec, RegionSpec } from './abi.ts';
import type { Kernel } from './kernel.ts';
import type { Policy } from './policy.ts';
import type { Process } from './process.ts';
import type { FilePage } from './usermemory.ts';

/** First page of every program, as the dynamic loader leaves it; below lies nothing. */
export const FIRST_VPN = 16;

/** What mapping a program needs. */
export interface ImageParts {
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly policy: Policy;
}

/** Maps the regions of a program; returns the first page of each, and the page after the last. */
export function mapRegions(
  { machine, kernel, policy }: ImageParts,
  spec: ProcessSpec,
  table: PageTable,
): { firstVpn: Map<string, number>; end: number; text: Map<number, FilePage> } {
  const firstVpn = new Map<string, number>();
  const text = new Map<number, FilePage>();
  let vpn = FIRST_VPN;
  for (const region of spec.regions) {
    firstVpn.set(region.name, vpn);
    const frame = machine.allocateFrames(region.pages);
    const flags = flagsOf(region, policy.trustsVerifiedCode && spec.isTrusted);
    for (let page = 0; page < region.pages; page++) {
      table.map(vpn + page, frame + page, flags);
      if (region.kind !== 'data') text.set(vpn + page, kernel.host.spaces.keep(frame + page, flags));
    }
    vpn += region.pages;
  }
  return { firstVpn, end: vpn, text };
}

/** First page of a region. */
export function placeOf(spec: ProcessSpec, firstVpn: ReadonlyMap<string, number>, region: string): number {
  const vpn = firstVpn.get(region);
  if (vpn === undefined)
    throw new SimulationBug(`process ${spec.name} has no region ${region}; it has ${[...firstVpn.keys()].join(', ')}`);
  return vpn;
}

/** Index of a function of a process. */
export function functionOf(process: Process, name: string): number {
  const index = process.functions.findIndex((fn) => fn.name === name);
  if (index < 0) throw new SimulationBug(`process ${process.name} has no function ${name}`);
  return index;
}

/** Code is read-only; verified code is trusted if the policy says so (S16 to S18, S21). */
function flagsOf(region: RegionSpec, trustsVerified: boolean): number {
  if (region.kind === 'data') return PageFlag.Write | PageFlag.NoExec;
  return region.kind === 'verified' && trustsVerified ? PageFlag.KernelTrust : 0;
}
