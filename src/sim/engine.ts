import type { Fingerprint } from './fingerprint.ts';
import type { Cycles, HandlerId } from './units.ts';

/** Order among events at the same time, lower first; equal ranks are delivered in the order they were scheduled. */
export const Rank = {
  /** Devices and inter-processor interrupts are seen by a core that starts at the same instant. */
  Interrupt: 0,
  /** Cores advance. */
  Core: 1,
  /** New requests queue after the work already in progress. */
  Arrival: 2,
  /** Phase changes and snapshots see everything that happened at this time. */
  Phase: 3,
} as const;
/** A rank. */
export type Rank = (typeof Rank)[keyof typeof Rank];

/** Number of ranks; an event's key is time x RANKS + rank, an exact integer. */
export const RANKS = 4;
/** Largest time of an event: its key must stay an exact integer in a double. */
export const MAX_TIME: Cycles = (Number.MAX_SAFE_INTEGER + 1) / RANKS - 1;

/** A component that receives events; `name` says in messages which one, such as `core3`. */
export interface EventHandler {
  readonly name: string;
  onEvent(kind: number, arg: number, now: Cycles): void;
  /** One line on its state for the message of StallError. */
  describe?(): string;
}

/** Names one scheduled event; dead once it was delivered or cancelled, and never given out again within 2^28 events. */
export type EventHandle = number;

/**
 * Delivers events in the order (time, rank, order of scheduling). Times are whole cycles; `kind` is an integer from 0 to 65535
 * and `arg` a 32-bit signed integer.
 */
export interface Engine {
  readonly kind: 'native' | 'simjs';
  readonly now: Cycles;
  /** Events delivered. */
  readonly executed: number;
  /** Events scheduled and neither delivered nor cancelled. */
  readonly pending: number;
  /** Rolling hash over (time, rank, handler, kind, arg) of each delivered event. */
  readonly fingerprint: Fingerprint;
  register(handler: EventHandler): HandlerId;
  /**
   * Throws SimulationBug when `time` lies before now, is no whole number, or exceeds MAX_TIME; or when kind or arg is out of range. Rank and
   * handler are not looked at: their types admit only what is one.
   */
  schedule(time: Cycles, rank: Rank, handler: HandlerId, kind: number, arg: number): EventHandle;
  /** False when the event was already delivered or cancelled. */
  cancel(handle: EventHandle): boolean;
  /** Infinity when nothing is pending. */
  nextEventTime(): Cycles;
  /**
   * Delivers all events up to and including `time`, which then is the present (an infinite `time` stops at the last event).
   * Throws StallError when time does not advance for `stallLimit` events.
   */
  runUntil(time: Cycles): void;
}

/** Options of every engine. */
export interface EngineOptions {
  /** Events at one instant after which the run counts as stalled; default 10 million. */
  readonly stallLimit?: number | undefined;
  /** Whether delivered events go into the fingerprint; true by default. A benchmark against engines without one turns it off. */
  readonly fingerprints?: boolean | undefined;
  /** Records a checkpoint of the fingerprint every 2^n events. */
  readonly checkpointBits?: number | undefined;
}

/** Default of EngineOptions.stallLimit: far above any burst of a real model, reached within a second by a livelock. */
export const STALL_LIMIT = 10_000_000;
