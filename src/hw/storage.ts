import type { Clock, Cycles } from '../sim/units.ts';
import type { Sourced } from './profile.ts';

/** A block device as data. A request takes a fixed time of its kind on one of the channels, then its bytes pass the interface one request after the other. */
export interface StorageProfile {
  readonly readNs: Sourced;
  readonly writeNs: Sourced;
  /** A flush of its volatile cache. */
  readonly flushNs: Sourced;
  /** Of the interface. */
  readonly bytesPerNs: Sourced;
  /** Requests that it works on at once. */
  readonly channels: Sourced;
  /** Requests that it accepts at once; more wait in the kernel. */
  readonly queueDepth: Sourced;
  /** Completions that share an interrupt at most, and how long the first of them waits for others. */
  readonly coalescedCompletions: Sourced;
  readonly coalescingNs: Sourced;
  /** Pages of memory for what files on it hold; room for all of them if absent. */
  readonly cachePages?: Sourced;
}

/** What a request asks a device for. */
export const REQUEST_KINDS = ['read', 'write', 'flush'] as const;
/** Name of a kind of request. */
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** A device in cycles of its machine. */
export interface DeviceSpec {
  readonly media: Readonly<Record<RequestKind, Cycles>>;
  /** Cycles a byte on the interface. */
  readonly byteCycles: number;
  readonly channels: number;
  readonly depth: number;
  readonly coalesced: number;
  readonly coalescing: Cycles;
  readonly cachePages?: number;
}

/** A device of a profile on a machine. */
export function deviceSpec(profile: StorageProfile, clock: Clock): DeviceSpec {
  const { readNs, writeNs, flushNs, bytesPerNs, channels, queueDepth, coalescedCompletions, coalescingNs } = profile;
  const { cachePages } = profile;
  return {
    media: { read: clock.cycles(readNs.value), write: clock.cycles(writeNs.value), flush: clock.cycles(flushNs.value) },
    byteCycles: clock.cycles(1e6) / (1e6 * bytesPerNs.value),
    channels: channels.value,
    depth: queueDepth.value,
    coalesced: coalescedCompletions.value,
    coalescing: clock.cycles(coalescingNs.value),
    ...(cachePages === undefined ? {} : { cachePages: cachePages.value }),
  };
}

/** A device that serves one request after the other: so long for the first byte, so long for each page. */
export function serialDevice(latencyNs: number, pageNs: number, pageBytes: number, clock: Clock): DeviceSpec {
  const latency = clock.cycles(latencyNs);
  return {
    media: { read: latency, write: latency, flush: 0 },
    byteCycles: clock.cycles(pageNs) / pageBytes,
    channels: 1,
    depth: 1,
    coalesced: 1,
    coalescing: 0,
  };
}
