import { sourced, type Sourced } from '../../hw/profile.ts';

/** A wild write or jump of native code: how often it is this one, and what it is in the words of the rules. */
export interface WildOperation {
  readonly kind: 'write' | 'jump';
  /** Share of all wild operations. */
  readonly weight: Sourced;
  /** Thread 1 runs native code, in kernel mode if its capability lets it; thread 0 runs managed code in trusted pages. */
  readonly program: string;
  /** The thread that goes wrong by it, and whether it then does anything at all, or only what the program says. */
  readonly victim: 0 | 1;
  readonly seizes: boolean;
  /** What it takes down where it stays in user mode. */
  readonly contained: 'thread' | 'process';
  readonly doc: string;
}

const assumed = (value: number, low: number, high: number): Sourced =>
  sourced(
    value,
    [low, high],
    'assumed',
    'most wild pointers miss all mappings; no study of wild operations in servers gives these shares',
  );

/** Where native code of a server goes wrong. A new one is one row; weights sum to 1. */
export const WILD_OPERATIONS: Readonly<Record<string, WildOperation>> = {
  ownData: {
    kind: 'write',
    weight: assumed(0.25, 0.1, 0.5),
    program: '1:skm 1; 1:store W D',
    victim: 1,
    seizes: false,
    contained: 'process',
    doc: 'a write into data of the process itself',
  },
  trustedCode: {
    kind: 'write',
    weight: assumed(0.05, 0.01, 0.1),
    program: '1:store A N',
    victim: 1,
    seizes: false,
    contained: 'process',
    doc: 'a write into compiled code',
  },
  managedHeap: {
    kind: 'write',
    weight: assumed(0.1, 0.02, 0.3),
    program: '0:ENTER A; 1:corruptHeap; 0:useHeap',
    victim: 0,
    seizes: true,
    contained: 'process',
    doc: 'a write into a managed object that compiled code then believes',
  },
  otherStack: {
    kind: 'write',
    weight: assumed(0.05, 0.01, 0.2),
    program: '0:ENTER A; 0:call C.E; 1:smash t0 A.M; 0:ret; 0:step',
    victim: 0,
    seizes: true,
    contained: 'process',
    doc: 'a write over a return address of a thread that runs compiled code',
  },
  kernelMemory: {
    kind: 'write',
    weight: assumed(0.15, 0.01, 0.5),
    program: '1:skm 1; 1:kmem',
    victim: 1,
    seizes: false,
    contained: 'process',
    doc: "a write to a kernel address, which in kernel mode is the kernel's memory",
  },
  nowhere: {
    kind: 'jump',
    weight: assumed(0.3, 0.1, 0.5),
    program: '1:skm 1; 1:jump Z.E; 1:step',
    victim: 1,
    seizes: false,
    contained: 'process',
    doc: 'a jump to an address that nothing is mapped at',
  },
  midFunction: {
    kind: 'jump',
    weight: assumed(0.05, 0.01, 0.1),
    program: '1:skm 1; 1:jump A.M; 1:step',
    victim: 1,
    seizes: true,
    contained: 'process',
    doc: 'a jump into the middle of compiled code',
  },
  modeSwitch: {
    kind: 'jump',
    weight: assumed(0.01, 0.001, 0.05),
    program: '1:jump A.K; 1:skm 1; 1:step',
    victim: 1,
    seizes: true,
    contained: 'process',
    doc: 'a jump to the instruction of compiled code that asks for kernel mode',
  },
  endlessLoop: {
    kind: 'jump',
    weight: assumed(0.04, 0.01, 0.1),
    program: '1:skm 1; 1:tick; 1:tick',
    victim: 1,
    seizes: false,
    contained: 'thread',
    doc: 'a jump back, for ever',
  },
};
/** Names of the wild operations, in the order of the table. */
export const WILD_NAMES = Object.keys(WILD_OPERATIONS);
