import { Rank, type Engine, type EventHandler } from '../sim/engine.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import { PAGE_BYTES, type Bytes, type Clock, type Cycles, type HandlerId } from '../sim/units.ts';
import type { Core } from './core.ts';
import {
  deviceSpec,
  REQUEST_KINDS,
  serialDevice,
  type DeviceSpec,
  type RequestKind,
  type StorageProfile,
} from './storage.ts';
import { Vector } from './trap.ts';

/** A request to a device: `core` submits it and gets the interrupt of its completion. */
export interface BlockRequest {
  readonly kind: RequestKind;
  readonly bytes: Bytes;
  readonly core: number;
  /** Whether who made it has paths of its own for what the block layer does with it. */
  readonly isBare?: true;
  /** What follows its completion, on that core. */
  readonly done: (core: Core) => unknown;
}

/** Counts of all devices of a machine. */
export class DeviceCounts {
  readonly values: Float64Array;
  readonly requests: number;
  readonly cycles: number;
  readonly interrupts: number;

  constructor(stats: StatsRegistry, name = 'disk') {
    this.values = stats.values;
    this.requests = stats.vector(
      `${name}.requests`,
      REQUEST_KINDS,
      'count',
      'Requests completed by block devices, by kind',
    );
    this.cycles = stats.counter(`${name}.cycles`, 'cycles', 'Time of completed requests in block devices');
    this.interrupts = stats.counter(`${name}.interrupts`, 'count', 'Interrupts raised by block devices');
  }
}

const Kind = { Start: 0, Media: 1, Transfer: 2, Interrupt: 3 } as const;

/**
 * Block device: requests in the order in which they come to its channels, then over its interface; completions wait in a queue for each core, with an
 * interrupt when enough of them have come or the first one has waited long enough.
 */
export class BlockDevice implements EventHandler {
  readonly name = 'disk';
  readonly spec: DeviceSpec;
  readonly #engine: Engine;
  readonly #cores: readonly Core[];
  readonly #counts: DeviceCounts;
  /** Requests in the device by slot, and when they came. */
  readonly #slots: BlockRequest[] = [];
  readonly #since: Cycles[] = [];
  readonly #free: number[] = [];
  readonly #waiting: number[] = [];
  readonly #completed: BlockRequest[][];
  readonly #isAnnounced: boolean[];
  #busy = 0;
  #interfaceFreeAt: Cycles = 0;
  #handler = -1 as HandlerId;

  constructor(spec: DeviceSpec, engine: Engine, cores: readonly Core[], counts: DeviceCounts) {
    this.spec = spec;
    this.#engine = engine;
    this.#cores = cores;
    this.#counts = counts;
    this.#completed = cores.map(() => []);
    this.#isAnnounced = cores.map(() => false);
    this.#handler = engine.register(this);
  }

  /** Takes a request at `time`; the kernel keeps to the depth of the queue. */
  start(request: BlockRequest, time: Cycles): void {
    const slot = this.#free.pop() ?? this.#slots.length;
    this.#slots[slot] = request;
    this.#since[slot] = time;
    this.#schedule(time, Kind.Start, slot);
  }

  /** The next completion for a core; undefined when all have been taken, which lets the device interrupt again. */
  reap(core: number): BlockRequest | undefined {
    const request = this.#completed[core].shift();
    if (request === undefined) this.#isAnnounced[core] = false;
    return request;
  }

  onEvent(kind: number, arg: number, now: Cycles): void {
    if (kind === Kind.Start) this.#accept(arg, now);
    else if (kind === Kind.Media) this.#transfer(arg, now);
    else if (kind === Kind.Transfer) this.#complete(arg, now);
    else this.#interrupt(arg, now);
  }

  #accept(slot: number, now: Cycles): void {
    if (this.#busy === this.spec.channels) this.#waiting.push(slot);
    else this.#occupy(slot, now);
  }

  #occupy(slot: number, now: Cycles): void {
    this.#busy++;
    this.#schedule(now + this.spec.media[this.#slots[slot].kind], Kind.Media, slot);
  }

  #transfer(slot: number, now: Cycles): void {
    this.#busy--;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#occupy(next, now);
    const passing = Math.round(this.#slots[slot].bytes * this.spec.byteCycles);
    this.#interfaceFreeAt = Math.max(now, this.#interfaceFreeAt) + passing;
    this.#schedule(this.#interfaceFreeAt, Kind.Transfer, slot);
  }

  #complete(slot: number, now: Cycles): void {
    const request = this.#slots[slot];
    const { values, requests, cycles } = this.#counts;
    values[requests + REQUEST_KINDS.indexOf(request.kind)]++;
    values[cycles] += now - this.#since[slot];
    this.#free.push(slot);
    const queue = this.#completed[request.core];
    queue.push(request);
    const { coalesced, coalescing } = this.spec;
    if (queue.length >= coalesced) this.#interrupt(request.core, now);
    else if (queue.length === 1) this.#schedule(now + coalescing, Kind.Interrupt, request.core);
  }

  /** Interrupts a core, unless it has been told and has not looked at everything yet, or has looked already. */
  #interrupt(core: number, now: Cycles): void {
    if (this.#isAnnounced[core] || this.#completed[core].length === 0) return;
    this.#isAnnounced[core] = true;
    this.#counts.values[this.#counts.interrupts]++;
    this.#cores[core].raise(Vector.Disk, now);
  }

  #schedule(time: Cycles, kind: number, arg: number): void {
    this.#engine.schedule(time, kind === Kind.Interrupt ? Rank.Interrupt : Rank.Arrival, this.#handler, kind, arg);
  }
}

/** The block devices of a machine: its own, and those that a file brings. */
export class BlockDevices {
  readonly main: BlockDevice;
  readonly #make: (spec: DeviceSpec) => BlockDevice;
  readonly #clock: Clock;

  constructor(profile: StorageProfile, clock: Clock, engine: Engine, stats: StatsRegistry, cores: readonly Core[]) {
    const counts = new DeviceCounts(stats);
    this.#clock = clock;
    this.#make = (spec) => new BlockDevice(spec, engine, cores, counts);
    this.main = this.#make(deviceSpec(profile, clock));
  }

  /** The machine's device, or a new one of given times. */
  deviceOf(times: { readonly latencyNs: number; readonly pageNs: number } | undefined): BlockDevice {
    if (times === undefined) return this.main;
    return this.#make(serialDevice(times.latencyNs, times.pageNs, PAGE_BYTES, this.#clock));
  }
}
