import type { Core } from '../hw/core.ts';
import { frameOf, PageFlag } from '../hw/pagetable.ts';
import { sourced } from '../hw/profile.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import { LINES_PER_PAGE, PAGE_BYTES } from '../sim/units.ts';
import type { AddressSpaces } from './addressspaces.ts';
import { PublishLog, PublishPart } from './publishlog.ts';
import type { KernelMemory } from './memory.ts';
import { footprint, placePath, runLoopedPath, type KernelPath } from './path.ts';
import type { Process } from './process.ts';
import type { Thread } from './thread.ts';
import { Errno } from './semantics/errno.ts';
import { decidePublish, decideUnpublish } from './semantics/publish.ts';
import { copyLines } from './usercopy.ts';
import type { TrustGate } from './trust.ts';

/** Instructions of the verifier for each byte. Nobody has published one for machine code in a kernel. */
export const VERIFY_PER_BYTE = sourced(
  20,
  [1, 200],
  'assumed',
  'a linear pass that decodes each instruction and looks up its target; ranges in docs/sources.md: 10 to 200 cycles a byte',
);
const VERIFIER = footprint(6000, 'assumed: set-up of a verifier and its tables, entries and landing pads checked');

/** What publishing stands on. */
export interface PublisherParts {
  readonly memory: KernelMemory;
  readonly trust: TrustGate;
  readonly spaces: AddressSpaces;
  /** The path that sets up a copy. */
  readonly copy: KernelPath;
}

/** A run of pages of the process that asks. */
interface Range {
  readonly process: Process;
  readonly first: number;
  readonly pages: number;
}

/**
 * Sets and withdraws KERNELTRUST in a run. The pure rules decide page by page, all or nothing; then code is copied to frames of the kernel (ALIAS),
 * verified there (VPUB), mapped trusted and read-only, and made known to all cores: translations are shot down, cores serialised (SHOOT).
 */
export class Publisher {
  readonly #parts: PublisherParts;
  readonly #log: PublishLog;
  /** Placed when it is first wanted, so that runs without it lie in memory as if there were none. */
  #verifier: KernelPath | undefined = undefined;

  constructor(parts: PublisherParts, stats: StatsRegistry) {
    this.#parts = parts;
    this.#log = new PublishLog(stats);
  }

  /** Sets KERNELTRUST on pages; 0 or a negative errno. `isVerified`: whether the verifier accepts their bytes. */
  publish(core: Core, thread: Thread, first: number, pages: number, isVerified: boolean): number {
    const range = { process: thread.process, first, pages };
    const refused = this.#refusePublish(thread, range, isVerified);
    const { ALIAS, VPUB } = this.#parts.trust.rules.mechanisms;
    // Whether bytes verify is known when the verifier has read its copy of them.
    if (refused !== Errno.OK && refused !== Errno.EINVAL) return this.#log.refuse(refused);
    const frames = ALIAS ? this.#copy(core, range) : undefined;
    if (VPUB) this.#verify(core, range, frames);
    if (refused !== Errno.OK) return this.#withdraw(frames, refused);
    if (!isVerified) this.#parts.trust.noteUnverified();
    this.#map(core, range, frames);
    this.#log.add(pages);
    return 0;
  }

  /** Takes KERNELTRUST off pages, which become writable; 0 or a negative errno. */
  unpublish(core: Core, thread: Thread, first: number, pages: number): number {
    const range = { process: thread.process, first, pages };
    const refused = this.#refuseUnpublish(thread, range);
    if (refused !== Errno.OK) return this.#log.refuse(refused);
    const frames = this.#untrust(range);
    this.#announceEnd(core, range);
    if (frames.length > 0) this.#empty(core, frames);
    return 0;
  }

  #refusePublish(thread: Thread, { process, first, pages }: Range, isVerified: boolean): Errno {
    const { trust } = this.#parts;
    const by = trust.publisherOf(thread);
    for (let vpn = first; vpn < first + pages; vpn++) {
      const refused = decidePublish(trust.rules, by, process.memory.holds(vpn), isVerified);
      if (refused !== Errno.OK) return refused;
    }
    return pages < 1 ? Errno.EINVAL : Errno.OK;
  }

  #refuseUnpublish(thread: Thread, range: Range): Errno {
    const { trust } = this.#parts;
    const by = trust.publisherOf(thread);
    const isReferenced = trust.rules.mechanisms.SHOOT && isInUse(thread, range);
    const { process, first, pages } = range;
    for (let vpn = first; vpn < first + pages; vpn++) {
      const isTrusted = (process.table.entry(vpn) & PageFlag.KernelTrust) !== 0;
      const refused = decideUnpublish(trust.rules, by, isTrusted, isReferenced);
      if (refused !== Errno.OK) return refused;
    }
    return pages < 1 ? Errno.EINVAL : Errno.OK;
  }

  /** Copies the pages to fresh frames of the kernel, through its own mapping of them. */
  #copy(core: Core, { first, pages }: Range): readonly number[] {
    const from = core.now;
    const { code } = this.#parts.spaces;
    const frames = Array.from({ length: pages }, () => code.take());
    frames.forEach((frame, i) => {
      const line = code.pageOf(frame)! * LINES_PER_PAGE;
      copyLines(core, this.#parts.copy, (first + i) * LINES_PER_PAGE, line, PAGE_BYTES);
    });
    this.#log.spend(PublishPart.copy, core.now - from);
    return frames;
  }

  /** Reads what is to be trusted: the copies, or the pages themselves. */
  #verify(core: Core, { first, pages }: Range, frames: readonly number[] | undefined): void {
    const from = core.now;
    this.#verifier ??= placePath(this.#parts.memory, VERIFIER);
    runLoopedPath(core, this.#verifier, pages * PAGE_BYTES * VERIFY_PER_BYTE.value);
    for (let i = 0; i < pages; i++) {
      const page = frames === undefined ? first + i : this.#parts.spaces.code.pageOf(frames[i])!;
      core.memory.touch(page * LINES_PER_PAGE, LINES_PER_PAGE, false);
    }
    this.#log.spend(PublishPart.verify, core.now - from);
  }

  #withdraw(frames: readonly number[] = [], refused: Errno): number {
    for (const frame of frames) this.#parts.spaces.code.giveBack(frame);
    return this.#log.refuse(refused);
  }

  #map(core: Core, range: Range, frames: readonly number[] | undefined): void {
    const { spaces } = this.#parts;
    const { process, first, pages } = range;
    const old = frames?.map((frame, i) => spaces.replace(process, first + i, PageFlag.KernelTrust, frame)) ?? [];
    if (frames === undefined)
      for (let vpn = first; vpn < first + pages; vpn++)
        process.table.protect(vpn, PageFlag.KernelTrust, PageFlag.Write | PageFlag.NoExec);
    this.#shootDown(core, range);
    if (this.#parts.trust.rules.mechanisms.SHOOT) this.#serialise(core, process);
    for (const frame of old) spaces.giveBack(frame);
  }

  /** Takes trust out of the page table; returns the frames of the kernel that held the code. */
  #untrust({ process, first, pages }: Range): readonly number[] {
    const frames: number[] = [];
    for (let vpn = first; vpn < first + pages; vpn++) {
      if (this.#parts.spaces.code.pageOf(frameOf(process.table.entry(vpn))) === undefined)
        // A page that a fork left to be copied stays so.
        process.table.protect(vpn, process.memory.shared.has(vpn) ? 0 : PageFlag.Write, PageFlag.KernelTrust);
      else frames.push(this.#parts.spaces.replace(process, vpn, PageFlag.Write));
    }
    return frames;
  }

  // Without SHOOT only this core hears of it (A12).
  #announceEnd(core: Core, range: Range): void {
    if (!this.#parts.trust.rules.mechanisms.SHOOT)
      return this.#parts.spaces.remote.dropHere(core, range.process, range.first, range.pages);
    this.#shootDown(core, range);
    this.#serialise(core, range.process);
  }

  /** Fills frames that held code with traps, and frees them. */
  #empty(core: Core, frames: readonly number[]): void {
    const from = core.now;
    const { spaces } = this.#parts;
    for (const frame of frames) {
      core.memory.touch(spaces.code.pageOf(frame)! * LINES_PER_PAGE, LINES_PER_PAGE, true);
      spaces.giveBack(frame);
    }
    this.#log.spend(PublishPart.copy, core.now - from);
  }

  #shootDown(core: Core, { process, first, pages }: Range): void {
    const from = core.now;
    this.#parts.spaces.remote.drop(core, process, first, pages);
    this.#log.spend(PublishPart.shootdown, core.now - from);
  }

  #serialise(core: Core, process: Process): void {
    const from = core.now;
    this.#parts.spaces.remote.serialise(core, process);
    this.#log.spend(PublishPart.serialise, core.now - from);
  }
}

/** Whether another thread runs code of the pages at CPL 0, or will return into it. */
function isInUse(thread: Thread, { process, first, pages }: Range): boolean {
  for (const other of process.family.threads.values())
    if (other !== thread && other.usesCode(first, pages)) return true;
  return false;
}
