import type { StatsRegistry } from '../sim/stats.ts';
import { LINE_BYTES, type Clock, type Cycles } from '../sim/units.ts';
import { FIDELITIES, type Fidelity } from './fidelity/index.ts';
import type { MemorySystem } from './fidelity/lines.ts';
import type { HierarchySpec } from './hierarchy.ts';
import { PREFETCH_LABELS } from './prefetched.ts';
import type { PrefetchSpec } from './prefetchers.ts';
import type { CacheSpec, MachineProfile, PrefetchingCacheSpec } from './profile.ts';
import type { StoreSpec } from './replacement.ts';
import { DRAM_LABELS, type DramSpec } from './rowbuffers.ts';
import { oneSocket, type Sockets } from './sockets.ts';
import { TRAFFIC_LABELS } from './traffic.ts';

/** Builds the caches of the powered cores of a profile and their memory of `lines` lines. */
export function buildCaches(
  profile: MachineProfile,
  {
    cores,
    fidelity = 'exact',
    smt = false,
  }: { readonly cores: number; readonly fidelity?: Fidelity; readonly smt?: boolean },
  lines: number,
  clock: Clock,
): MemorySystem {
  const isThreaded = smt && profile.smt?.tagsCode === true;
  const { l1i, ...others } = hierarchySpec(profile);
  const spec = { ...others, l1i: { ...l1i, isThreaded }, cores, sockets: socketsOf(profile, cores, clock), lines };
  return FIDELITIES[fidelity](spec, dramSpec(profile, clock));
}

/** Registers what caches and memory count; the result copies it to the registry, before a snapshot. Hot code keeps it where it counts. */
export function registerTraffic(
  { traffic, nodes, prefetches, linesCounted }: MemorySystem,
  stats: StatsRegistry,
): () => void {
  const drams = new Float64Array(DRAM_LABELS.length);
  const moved = stats.vector(
    'memory.traffic',
    TRAFFIC_LABELS,
    'count',
    'Lines that moved between caches and to memory',
  );
  const copies = [
    { counts: traffic, base: moved },
    { counts: drams, base: registerDram(stats) },
  ];
  if (prefetches !== undefined) {
    const base = stats.vector('memory.prefetch', PREFETCH_LABELS, 'count', 'Lines prefetched, by what became of them');
    copies.push({ counts: prefetches, base });
  }
  return () => {
    drams.forEach((_, i) => (drams[i] = nodes.reduce((sum, node) => sum + node.counts[i], 0)));
    for (const { counts, base } of copies)
      stats.values.set(
        counts.map((count) => Math.round(count * linesCounted)),
        base,
      );
  };
}

function registerDram(stats: StatsRegistry): number {
  const doc = 'Lines read and written, by what their row buffer held, and cycles that reads waited';
  return stats.vector('memory.dram', DRAM_LABELS, 'count', doc);
}

/** Times of channels and devices in cycles: the channels share the bandwidth of the node. */
function dramSpec({ dram, dramLatencyNs, dramBytesPerNs }: MachineProfile, clock: Clock): DramSpec {
  const { casNs, rcdNs, rpNs, idleNs, ...geometry } = dram;
  return {
    ...geometry,
    latency: clock.cycles(dramLatencyNs.value),
    transfer: Math.round(((LINE_BYTES * dram.channels) / dramBytesPerNs.value) * (clock.hz / 1e9)),
    cas: clock.cycles(casNs.value),
    rcd: clock.cycles(rcdNs.value),
    rp: clock.cycles(rpNs.value),
    idle: clock.cycles(idleNs.value),
  };
}

function socketsOf({ sockets }: MachineProfile, cores: number, clock: Clock): Sockets {
  if (sockets === undefined) return oneSocket(cores);
  const { coresPerSocket, homing, hopNs } = sockets;
  return { coresPerSocket, homing, hop: clock.cycles(hopNs.value) };
}

function hierarchySpec(profile: MachineProfile): Omit<HierarchySpec, 'cores' | 'lines'> {
  const { l1i, l1d, l2, llc, remoteCycles, cleanCycles, prefetching } = profile;
  const beyondL1 = (cache: CacheSpec): Cycles => cache.latency.value - l1d.latency.value;
  return {
    l1i: storeSpec(l1i),
    l1d: { ...storeSpec(l1d), ...prefetchSpec(l1d, prefetching) },
    l2: { ...storeSpec(l2), ...prefetchSpec(l2, prefetching), latency: beyondL1(l2) },
    llc: { ...storeSpec(llc), latency: beyondL1(llc), inclusion: llc.inclusion },
    remoteLatency: remoteCycles.value,
    ...(cleanCycles === undefined ? {} : { cleanLatency: cleanCycles.value }),
  };
}

function storeSpec({ sizeBytes, ways, replacement = 'lru', hashed = false }: CacheSpec): StoreSpec {
  return { sets: sizeBytes / LINE_BYTES / ways, ways, replacement, hashed };
}

function prefetchSpec(
  { prefetch }: PrefetchingCacheSpec,
  prefetching: MachineProfile['prefetching'],
): { readonly prefetch?: PrefetchSpec } {
  if (prefetch === undefined || prefetching?.value === 0) return {};
  const { prefetcher, degree, distance, streams, outstanding } = prefetch;
  return {
    prefetch: {
      prefetcher,
      degree: Math.round(degree.value),
      distance: Math.round(distance.value),
      streams: Math.round(streams.value),
      outstanding: Math.round(outstanding.value),
    },
  };
}
