import type { PageTable } from '../hw/pagetable.ts';
import { Attribute, type Authority } from './semantics/gate.ts';
import type { AttributeName } from './abi.ts';
import type { Core } from '../hw/core.ts';
import type { KernelFile } from './files/file.ts';
import type { Thread } from './thread.ts';
import type { UserMemory } from './usermemory.ts';
import type { WaitQueue } from './waitqueue.ts';

/** A function with its provenance and where its code begins. */
export interface FunctionEntry {
  readonly name: string;
  readonly attribute: Attribute;
  readonly isVerified: boolean;
  readonly isDeclared: boolean;
  readonly vpn: number;
}

/** Attributes by the names of the proposal. */
export const ATTRIBUTE: Readonly<Record<AttributeName, Attribute>> = {
  AlwaysKernelMode: Attribute.AlwaysKernelMode,
  AlwaysUserMode: Attribute.AlwaysUserMode,
  UseCallersMode: Attribute.UseCallersMode,
};

/** Process of the kernel's own threads, which has no address space: they run on the tables of whoever ran before. */
export const KERNEL_PID = 0;

/** An address space with the rights and files of its threads. */
export interface Process {
  readonly pid: number;
  readonly name: string;
  readonly authority: Authority;
  readonly table: PageTable;
  /** Tags of its TLB entries while user code and while the kernel runs; equal unless page tables are split. */
  readonly userTag: number;
  readonly kernelTag: number;
  readonly functions: readonly FunctionEntry[];
  /** Open files by descriptor; a hole is a descriptor that was closed. */
  readonly files: (KernelFile | undefined)[];
  readonly words: Int32Array;
  /** Threads asleep on each futex word. */
  readonly futexes: Map<number, WaitQueue>;
  /** User memory: what is mapped beyond the regions of the program. */
  readonly memory: UserMemory;
  readonly family: Family;
}

/** A process among others: its threads, its parent, and the children that have ended and wait to be collected. */
export interface Family {
  readonly parent: Process | undefined;
  readonly threads: Map<number, Thread>;
  readonly ended: number[];
  readonly childEnd: WaitQueue;
  living: number;
  /** Threads that have stopped for a tracer of this process, or ended while it traced them, and how many it traces. */
  readonly stops: number[];
  tracees: number;
  /** Makes a thread of this process, or of a copy of it, run a child program; returns its id. */
  readonly spawn: (core: Core, child: number, isCopy: boolean) => number;
  /** Called when the last thread has ended. */
  readonly onEnd: () => void;
}
