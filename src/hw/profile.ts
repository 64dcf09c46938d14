import { type Bytes, type Cycles } from '../sim/units.ts';
import { SimulationBug } from '../sim/errors.ts';
import type { KernelClass } from './kernelwork.ts';
import type { DramGeometry } from './drammap.ts';
import type { InclusionName } from './inclusion.ts';
import type { HomingName } from './memorynodes.ts';
import type { PrefetcherName } from './prefetchers.ts';
import type { ServingLevel } from './missrun.ts';
import type { ReplacementName } from './replacement.ts';
import type { SiblingShare } from './siblingshare.ts';
import type { PagePolicyName } from './rowbuffers.ts';
import type { StorageProfile } from './storage.ts';
import { ENTRIES, type Entry, type Feature, type Mitigation, type Option, type StepName } from './steps.ts';

export { STEPS, type Feature, type StepName, type StepPart } from './steps.ts';

/** How a number was come by; only `seen` and `second-hand` may serve as validation targets. */
export type Confidence = 'seen' | 'second-hand' | 'recalled' | 'assumed';

/** A number with its origin; `range` doubles as the bounds of sensitivity sweeps. */
export interface Sourced {
  readonly value: number;
  readonly range: readonly [low: number, high: number];
  readonly confidence: Confidence;
  readonly source: string;
}

/** Makes a sourced number; the argument order reads as a table row. */
export function sourced(
  value: number,
  range: readonly [number, number],
  confidence: Confidence,
  source: string,
): Sourced {
  return { value, range, confidence, source };
}

/** One cache level; latency is load-to-use in cycles, `source` says where its geometry, replacement and index are from. */
export interface CacheSpec {
  readonly sizeBytes: Bytes;
  readonly ways: number;
  readonly source: string;
  readonly latency: Sourced;
  /** True LRU if absent. */
  readonly replacement?: ReplacementName;
  /** Whether the set index is a hash of the whole line number; plain if absent. */
  readonly hashed?: boolean;
}

/** A prefetcher beside a cache. */
export interface PrefetchProfile {
  readonly prefetcher: PrefetcherName;
  /** Lines asked for at a time. */
  readonly degree: Sourced;
  /** Lines that a stream runs ahead at most. */
  readonly distance: Sourced;
  /** Streams followed at once. */
  readonly streams: Sourced;
  /** Prefetched lines under way at once. */
  readonly outstanding: Sourced;
  readonly source: string;
}

/** A cache that prefetches if the field is there. */
export interface PrefetchingCacheSpec extends CacheSpec {
  readonly prefetch?: PrefetchProfile;
}

/** The last level: shared by the cores of a socket. */
export interface LastCacheSpec extends CacheSpec {
  readonly inclusion: InclusionName;
}

/** One TLB array; `hit` is the extra latency in cycles over an L1 TLB hit, `source` says where its geometry is from. */
export interface TlbSpec {
  readonly entries: number;
  readonly ways: number;
  readonly source: string;
  readonly hit: Sourced;
}

/** Processors, each with its own last level and memory. */
export interface SocketsSpec {
  /** Cores with private caches, not their threads. */
  readonly coresPerSocket: number;
  /** Where a page's memory is: at the socket that reads it first, or by turns. */
  readonly homing: HomingName;
  /** How much longer a line takes from another socket. */
  readonly hopNs: Sourced;
  readonly source: string;
}

/** Channels, banks and row buffers of one node's memory, and how long the devices take; `source` says where the geometry is from. */
export interface DramProfile extends DramGeometry {
  readonly pages: PagePolicyName;
  /** Column access (tCL), activation of a row (tRCD), precharging of a bank (tRP). */
  readonly casNs: Sourced;
  readonly rcdNs: Sourced;
  readonly rpNs: Sourced;
  /** How long the controller leaves a row open that nobody uses, where pages are `timed`. */
  readonly idleNs: Sourced;
  readonly source: string;
}

/** Hardware threads of a core (simultaneous multithreading). */
export interface SmtSpec {
  readonly threadsPerCore: 2;
  /** Instructions in a time of two threads that always have some to issue and hit in the first level, relative to those of one alone. */
  readonly throughput: Sourced;
  /** Whether lines of the first level of code (traces) belong to the thread that brought them. */
  readonly tagsCode?: boolean;
  /** Whether what the branch predictor knows belongs to the thread that taught it; to both if absent. */
  readonly tagsBranches?: boolean;
  /** How the threads share the first-level TLB of small code pages; `shared` if absent. */
  readonly itlb?: SiblingShare;
  /** Share of its waits for data in which a thread keeps the execution units all the same, as it issues again and again what depends on them; 0 if absent. */
  readonly replay?: Sourced;
  readonly source: string;
}

/**
 * How far misses of the first level overlap (memory-level parallelism), as `OverlapSpec` has it: by level, over how many a lone stall is
 * spread; `fills`, how many lines of a run are on their way at once; and `lineCycles`, the least time between two.
 */
export type OverlapProfile = Readonly<
  Record<'data' | 'fetch', Readonly<Record<ServingLevel | 'fills' | 'lineCycles', Sourced>>>
>;

/** How page tables are walked: `levels` are the tables read from memory, `entries` and `ways` those of the paging-structure cache. */
export interface WalkerProfile {
  readonly levels: number;
  readonly entries: number;
  readonly ways: number;
  readonly source: string;
  /** How it walks in a virtual machine, for those that a study makes one; absent where this is not known. */
  readonly nested?: NestedTlbProfile;
}

/** A core's cache of a host's entries; `hit` is what a look-up takes, in cycles, nothing if absent. */
export interface NestedTlbProfile {
  readonly entries: number;
  readonly ways: number;
  readonly hit?: Sourced;
  readonly source: string;
}

/** Nested paging of a virtual machine: the size of the host's pages under it, and a core's cache of their entries. */
export interface NestedProfile extends NestedTlbProfile {
  readonly hostPages: 'small' | 'large';
}

/** A store of the front end, by the lines of code whose contents it holds. */
export interface CodeStoreProfile {
  readonly lines: number;
  readonly ways: number;
  readonly source: string;
}

/** What a core's front end keeps of the code it has run. */
export interface FrontEndProfile {
  /** Branch targets and directions: cycles that a line of code takes longer whose branches are unknown. */
  readonly branches: CodeStoreProfile & { readonly missedCycles: Sourced };
  /** Decoded micro-operations, false where the core keeps none: instructions that the decoders deliver a cycle. */
  readonly uops: false | (CodeStoreProfile & { readonly decodeWidth: Sourced });
  /** Cycles of the returns that are mispredicted once the return stack has been emptied. */
  readonly returnCycles: Sourced;
}

/** A machine as data. Every number carries its source; times in ns are converted to cycles once, when the machine is built. */
export interface MachineProfile {
  readonly name: string;
  readonly doc: string;
  readonly clockHz: Sourced;
  readonly maxCores: number;
  /** Cycles per instruction when everything hits in the first level, of user code and of kernel code. */
  readonly userCpi: Sourced;
  readonly kernelCpi: Sourced;
  readonly l1i: CacheSpec;
  readonly l1d: PrefetchingCacheSpec;
  readonly l2: PrefetchingCacheSpec;
  readonly llc: LastCacheSpec;
  readonly itlb: TlbSpec;
  readonly dtlb: TlbSpec;
  readonly largeTlb: TlbSpec;
  readonly stlb: TlbSpec;
  readonly walker: WalkerProfile;
  /** False on bare metal. */
  readonly virtualised: false | NestedProfile;
  readonly pcid: boolean;
  /** Whether caches prefetch where they have a prefetcher: 1, or 0; they do if absent. */
  readonly prefetching?: Sourced;
  /** Latency of memory beyond a miss of the last level, of random reads on an idle machine; the devices' times are part of it. */
  readonly dramLatencyNs: Sourced;
  /** Bandwidth of all channels together. */
  readonly dramBytesPerNs: Sourced;
  readonly dram: DramProfile;
  readonly overlap: OverlapProfile;
  /** What a front end keeps of code; false: no code is ever cold. */
  readonly frontEnd: false | FrontEndProfile;
  /** Latency of a line that another core holds modified. */
  readonly remoteCycles: Sourced;
  /** Latency of a line that another core holds as it is in memory; without it caches do not pass on such lines. */
  readonly cleanCycles?: Sourced;
  /** Processors of the machine; one if absent. */
  readonly sockets?: SocketsSpec;
  /** Hardware threads of its cores, which a study may switch on; one a core if absent. */
  readonly smt?: SmtSpec;
  readonly ipiNs: Sourced;
  /** One way between client and server. */
  readonly wireNs: Sourced;
  /** Bandwidth of its network link, each way; of any speed if absent. */
  readonly linkBytesPerNs?: Sourced;
  /** Interrupt moderation of the network device: time from a message in an empty ring to the interrupt. */
  readonly moderationNs: Sourced;
  /** Segments that the receive ring of a core holds; as many as the largest adapters' if absent. */
  readonly rxRing?: Sourced;
  /** Its block device; flash behind NVM Express if absent. */
  readonly storage?: StorageProfile;
  /** How the kernel of this machine is entered. */
  readonly entry: Entry;
  /** What the machine and the configuration of its kernel have whatever a study says. */
  readonly options: readonly Option[];
  /** Mitigations of the kernel of this machine; a study can switch them off. */
  readonly features: readonly Mitigation[];
  /**
   * Scenarios of `ringsim validate` from whose targets numbers of this profile, or of the kernel that it runs, were made: agreement with them
   * proves nothing. Spelled as it prints them, such as `read 1` or `null-call saving@kernelmode`.
   */
  readonly fitted?: readonly string[];
  /** Share of the kernel paths of each class that the kernel of this machine executes, where it is not all of them. */
  readonly kernelWork?: Readonly<Partial<Record<KernelClass, Sourced>>>;
  /** Cycles of every primitive step that can exist on this machine. */
  readonly cost: Readonly<Partial<Record<StepName, Sourced>>>;
}

/** Features that a machine has in every run: how it is entered, how it tags TLB entries, its options. */
export function fixedFeatures({
  entry,
  pcid,
  options,
}: Pick<MachineProfile, 'entry' | 'pcid' | 'options'>): readonly Feature[] {
  return [...ENTRIES[entry], pcid ? 'pcid' : 'noPcid', ...options];
}

/** Whole cycles of a primitive step; a step that cannot exist on the machine has none. */
export function stepCycles(profile: MachineProfile, name: StepName): Cycles {
  const cost = profile.cost[name];
  if (cost === undefined) throw new SimulationBug(`machine ${profile.name} has no step ${name}`);
  return Math.round(cost.value);
}
