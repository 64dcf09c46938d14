import type { OpStream } from '../hw/opstream.ts';
import type { Authority } from './semantics/gate.ts';
import type { Thread } from './thread.ts';

/** Code that a handler came between: its operations, its program, and the result that the program has yet to see. */
export interface InterruptedCode {
  readonly stream: OpStream;
  readonly program: Thread['program'];
  readonly result: number;
}

/** Mode of a thread when a signal came, and whether a fault of its own brought it; `code` where a handler of its own runs for it. */
export interface SignalFrame {
  readonly cpl: 0 | 3;
  readonly entered: boolean;
  readonly entryAuthority: Authority;
  readonly isFault: boolean;
  readonly code: InterruptedCode | undefined;
}
