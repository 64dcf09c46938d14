import type { Cycles } from '../sim/units.ts';
import { Core } from './core.ts';
import type { CoreModel, CoreSpec, CoreWiring } from './corespec.ts';
import { FrontEnd } from './frontend.ts';
import { frontEndSpec } from './frontendspec.ts';
import type { SlotsSpec } from './issueslots.ts';
import { stallsUnder, type OverlapSpec } from './missrun.ts';
import type { NestedTables } from './nested.ts';
import type { MachineProfile, OverlapProfile, SmtSpec, TlbSpec } from './profile.ts';
import { ownShare } from './siblingshare.ts';
import { Slab } from './slab.ts';
import { TABLE_BITS, TableFrames } from './tableframes.ts';
import { Tlbs, type TlbsSpec } from './tlb.ts';
import type { Topology } from './topology.ts';

/** The logical CPUs of a machine; the second hardware threads of cores share what their first ones have. */
export function buildCores(
  profile: MachineProfile,
  topology: Topology,
  nested: NestedTables | undefined,
  common: Omit<CoreWiring, 'tlbs' | 'frontEnd'>,
): readonly Core[] {
  const isThreaded = topology.threadsPerCore > 1;
  const cpi = { user: profile.userCpi.value, kernel: profile.kernelCpi.value };
  const frontEnds = frontEndSpec(profile.frontEnd, cpi, isThreaded && profile.smt?.tagsBranches === true);
  const geometries = tlbGeometry(profile, isThreaded);
  const slab = new Slab();
  const cores: Core[] = [];
  for (let id = 0; id < topology.cpus; id++) {
    const core = topology.coreOf(id);
    const first = cores.at(core);
    const tlbs = new Tlbs(core, geometries, common.caches.walks, nested, first?.tlbs, slab);
    const frontEnd = first?.frontEnd.sibling() ?? new FrontEnd(frontEnds, undefined, slab);
    cores.push(new Core(coreSpec(profile, topology, id), { ...common, tlbs, frontEnd }));
  }
  shareSlots(cores, topology);
  return cores;
}

/** Tells the hardware threads of each core of each other. */
function shareSlots(cores: readonly Core[], topology: Topology): void {
  for (const core of cores) {
    const sibling = topology.siblings(core.id).find((id) => id !== core.id);
    if (sibling !== undefined) core.shareSlots(cores[sibling]);
  }
}

/** What is the same for all CPUs of a machine. */
export function coreModel({ userCpi, kernelCpi, overlap }: MachineProfile, syncWindow: Cycles): CoreModel {
  return {
    userCpi: userCpi.value,
    kernelCpi: kernelCpi.value,
    inflation: new Float64Array(4).fill(1),
    stalls: { data: stallsUnder(overlapSpec(overlap.data)), fetch: stallsUnder(overlapSpec(overlap.fetch)) },
    syncWindow,
  };
}

function coreSpec(profile: MachineProfile, topology: Topology, id: number): CoreSpec {
  const { cores, threadsPerCore } = topology;
  return {
    id,
    core: topology.coreOf(id),
    thread: Math.floor(id / cores),
    ...(threadsPerCore > 1 ? { slots: slotsSpec(profile.smt!) } : {}),
  };
}

function slotsSpec({ throughput, replay }: SmtSpec): SlotsSpec {
  return { throughput: throughput.value, replay: replay?.value ?? 0 };
}

function overlapSpec(overlap: OverlapProfile['data']): OverlapSpec {
  const { l2, llc, remote, dram, fills, lineCycles } = overlap;
  return {
    l2: l2.value,
    llc: llc.value,
    remote: remote.value,
    dram: dram.value,
    fills: fills.value,
    lineCycles: lineCycles.value,
  };
}

function tlbGeometry(profile: MachineProfile, isThreaded: boolean): TlbsSpec {
  const { itlb, dtlb, largeTlb, stlb, walker, l1d, smt } = profile;
  return {
    itlb: geometry(itlb),
    ownItlb: isThreaded ? ownShare(smt?.itlb ?? 'shared', geometry(itlb)) : undefined,
    dtlb: geometry(dtlb),
    large: geometry(largeTlb),
    stlb: geometry(stlb),
    stlbHit: stlb.hit.value,
    walker: { levels: walker.levels, cache: geometry(walker), loadToUse: l1d.latency.value },
  };
}

/** The host's tables of a virtual machine with so many frames; none on bare metal. */
export function nestedTables(
  { virtualised }: MachineProfile,
  frames: number,
  allocate: () => number,
): NestedTables | undefined {
  if (virtualised === false) return undefined;
  const leaf = virtualised.hostPages === 'large' ? 1 : 0;
  const tables = new TableFrames(0, frames, allocate);
  if (leaf === 0) for (let frame = 0; frame < frames; frame += 1 << TABLE_BITS) tables.provide(frame);
  return { tables, leaf, cache: geometry(virtualised), hit: virtualised.hit?.value ?? 0 };
}

function geometry(tlb: Pick<TlbSpec, 'entries' | 'ways'>): { sets: number; ways: number } {
  return { sets: tlb.entries / tlb.ways, ways: tlb.ways };
}
