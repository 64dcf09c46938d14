import type { Call } from './call.ts';

/** Turns the lines of one listing into calls, one line after the other. */
export interface LineReader {
  /** Takes one line; returns the call it completes, if any. */
  read(text: string): Call | undefined;
}
