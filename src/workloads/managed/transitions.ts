/** A way for managed code to call a native function. */
export interface Transition {
  readonly doc: string;
  /** Instructions that the call takes beyond the native function, there and back. */
  readonly instructions: number;
  readonly source: string;
  /** Whether the thread leaves managed code meanwhile, and looks at its return whether to stop; else everybody waits for it. */
  readonly leaves: boolean;
  /** Whether no object may move meanwhile (critical section). */
  readonly locks: boolean;
}

/** Instructions of a time on the recorded host, at its 3.68 cycles a ns and the 0.4 cycles an instruction of its profile for code that hits. */
function instructionsOf(ns: number): number {
  return Math.round((ns * 3.68) / 0.4);
}

const HOST = 'recorded host, fastest quarter of runs';

/** Ways to call native functions, by name. Published: JNI 17.5 and Panama 12.5 ns at 2.2 GHz on JDK 25, a ratio of 1.4; recorded here 1.2. */
export const TRANSITIONS: Readonly<Record<string, Transition>> = {
  jni: {
    doc: 'JNI',
    instructions: instructionsOf(4.6),
    source: `${HOST}: jni_empty 4.6 ns (JDK 17), 4.8 ns (JDK 25)`,
    leaves: true,
    locks: false,
  },
  jniCritical: {
    doc: 'JNI with GetPrimitiveArrayCritical and its release',
    instructions: instructionsOf(18.8),
    source: `${HOST}: jni_get_primitive_array_critical 18.8 ns (JDK 17), 22.9 ns (JDK 25)`,
    leaves: true,
    locks: true,
  },
  panama: {
    doc: 'foreign function (Panama)',
    instructions: instructionsOf(3.9),
    source: `${HOST}: ffm_empty 3.9 ns (JDK 25)`,
    leaves: true,
    locks: false,
  },
  panamaCritical: {
    doc: 'foreign function marked as trivial: no transition',
    instructions: instructionsOf(0.35),
    source: `${HOST}: ffm_empty 3.9 ns less what critical saves on getpid, 3.5 ns (JDK 25)`,
    leaves: false,
    locks: false,
  },
  pinvoke: {
    doc: 'P/Invoke',
    instructions: 20,
    source: 'MSDN: 10 to 30 instructions (recalled)',
    leaves: true,
    locks: false,
  },
  pinvokeSuppress: {
    doc: 'P/Invoke with SuppressGCTransition: no transition',
    instructions: instructionsOf(0.35),
    source: 'assumed: as a trivial foreign function',
    leaves: false,
    locks: false,
  },
};
