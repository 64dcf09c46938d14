import { Word } from './layout.ts';

/** How a method runs: by the interpreter, or compiled so well. */
export interface Tier {
  /** Whether the interpreter runs it. */
  readonly isInterpreted: boolean;
  /** Instructions for each one of the best compiled code. */
  readonly factor: number;
  /** Executions of a method in this tier after which the next one is asked for, before scaling. */
  readonly threshold: number;
  /** How the next tier comes about; absent for the last. */
  readonly next?: Compilation;
}

/** What a compiler does to bring a method to a tier. */
export interface Compilation {
  readonly tier: Tier;
  readonly code: 'c1' | 'c2';
  /** Word on which the thread of the compiler sleeps. */
  readonly word: Word;
  /** Instructions to compile one method, and the size of its code relative to the best. */
  readonly instructions: number;
  readonly size: number;
}

/** The best compiled code. */
const best: Tier = { isInterpreted: false, factor: 1, threshold: Infinity };

/** Compilers take some 0.1 and 1 ms for a method. Assumed; times in recordings spread from a tenth to tenfold. */
const toC2: Compilation = { tier: best, code: 'c2', word: Word.C2, instructions: 3_000_000, size: 1 };
/** Quickly compiled, with counters. Source of the thresholds: HotSpot Tier3InvocationThreshold and Tier4InvocationThreshold. Factors are assumed, within wide published ranges. */
const profiled: Tier = { isInterpreted: false, factor: 2, threshold: 5000, next: toC2 };
/** Quickly compiled, without. */
const quick: Tier = { isInterpreted: false, factor: 1.6, threshold: Infinity };
const toC1: Compilation = { tier: profiled, code: 'c1', word: Word.C1, instructions: 300_000, size: 1.5 };

/** Code that is compiled before the program starts and lies in its file. Source of the threshold: .NET TC_CallCountThreshold; the factor is assumed. */
const precompiled: Tier = { isInterpreted: false, factor: 1.5, threshold: 30, next: toC2 };

/** Factor assumed. */
const interpreted = { isInterpreted: true, factor: 20 } as const;

/** Where methods begin, by the name of the ladder; a ladder of undefined has every method compiled from the start. */
export const LADDERS: Readonly<Record<string, { readonly doc: string; readonly first: Tier | undefined }>> = {
  steady: { doc: 'everything is compiled from the start', first: undefined },
  tiered: { doc: 'interpreter, C1, C2', first: { ...interpreted, threshold: 200, next: toC1 } },
  readyToRun: { doc: 'precompiled code, then the best (.NET)', first: precompiled },
  c1: { doc: 'interpreter, C1 alone', first: { ...interpreted, threshold: 200, next: { ...toC1, tier: quick } } },
  interpreter: { doc: 'interpreter alone', first: { ...interpreted, threshold: Infinity } },
};
