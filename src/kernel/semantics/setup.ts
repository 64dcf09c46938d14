import type { Rules } from './config.ts';
import type { Layout } from './layout.ts';
import { Machine } from './machine.ts';
import { ADDRESS_B_E, CAP_B, Content, OFFSET_E, PAGE_A, PAGE_B, PAGE_C, PAGE_W, addressOf } from './names.ts';
import { FrameBit, frameOf, newFrame } from './frame.ts';
import { PageBit, READ_EXECUTE, SpaceBit, declareEntry, mapPage, setSpaceBit, setTrusted } from './page.ts';
import { setCapabilities, setFiltered, setProcessSpace } from './process.ts';
import { newThread } from './thread.ts';

/** What can differ at the start of a program. */
export interface Setup {
  /** Capabilities (CAP_K, CAP_B) of process 0, effective and permitted. */
  readonly capabilities: number;
  /** Page A is mapped shared. */
  readonly sharedA: boolean;
  /** Page A lies in the page cache. */
  readonly cachedA: boolean;
  /** Declared entries. */
  readonly entries: readonly number[];
  /** Process 0 has a system-call filter. */
  readonly filtered: boolean;
  /** There is a second process without capabilities. */
  readonly base: boolean;
}

/** The setup of a program that says nothing. */
export const DEFAULT_SETUP: Setup = {
  capabilities: CAP_B,
  sharedA: false,
  cachedA: false,
  entries: [addressOf(PAGE_A, OFFSET_E), addressOf(PAGE_C, OFFSET_E)],
  filtered: false,
  base: false,
};

/** Maps a page of trusted verified code; under ALIAS its frame is the kernel's, unshared and uncached. */
function mapTrusted(m: Machine, page: number, shared: boolean, cached: boolean): void {
  const owned = m.rules.mechanisms.ALIAS;
  const bits = owned ? FrameBit.KernelOwned : cached ? FrameBit.PageCache : 0;
  mapPage(
    m,
    0,
    page,
    newFrame(m, frameOf(Content.Verified) | bits),
    READ_EXECUTE | (shared && !owned ? PageBit.Shared : 0),
  );
  setTrusted(m, 0, page, true);
}

/** Address space 0 of the specification: A, C trusted; B native; W shared data. */
function mapFirst(m: Machine, setup: Setup): void {
  mapTrusted(m, PAGE_A, setup.sharedA, setup.cachedA);
  mapPage(m, 0, PAGE_B, newFrame(m, frameOf(Content.Native)), READ_EXECUTE);
  mapTrusted(m, PAGE_C, false, false);
  mapPage(m, 0, PAGE_W, newFrame(m, Content.Data), PageBit.Present | PageBit.Writable | PageBit.Shared);
  setSpaceBit(m, 0, SpaceBit.Pads);
  for (const entry of setup.entries) declareEntry(m, 0, entry);
}

/** A process without capabilities with native code of its own; its thread runs on core 0. */
function addBase(m: Machine): void {
  setProcessSpace(m, 1, 1);
  mapPage(m, 1, PAGE_B, newFrame(m, frameOf(Content.Native)), READ_EXECUTE);
  newThread(m, 1, 0, ADDRESS_B_E);
}

/** A machine at the start of a program with `threads` threads on as many cores (2 in the recorded programs). */
export function start(rules: Rules, layout: Layout, setup: Setup = DEFAULT_SETUP, threads = 2): Machine {
  const m = new Machine(rules, layout);
  setProcessSpace(m, 0, 0);
  setCapabilities(m, 0, setup.capabilities, setup.capabilities, 0, 0);
  if (setup.filtered) setFiltered(m, 0);
  mapFirst(m, setup);
  for (let t = 0; t < threads; t++) newThread(m, 0, t % layout.capacity.cores, ADDRESS_B_E);
  if (setup.base) addBase(m);
  if (m.overflow !== '') throw new RangeError(`the layout cannot hold the setup: ${m.overflowText}`);
  return m;
}
