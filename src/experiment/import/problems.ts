/** Lines of one kind of problem: how many, and the numbers (from 1) of the first few. */
export interface ProblemLines {
  count: number;
  readonly firstLine: number;
  readonly lines: number[];
}

/** The problem of a compressed file that ends early: what is imported is a part. */
export const CUT = 'compressed file damaged or cut';

/** Line numbers kept of each kind. */
const MOST_LINES = 5;

/** What went wrong while reading, by kind. */
export class Problems {
  readonly found = new Map<string, ProblemLines>();

  /** Counts a line that could not be used. */
  note(kind: string, line: number): void {
    const known = this.found.get(kind);
    if (known === undefined) this.found.set(kind, { count: 1, firstLine: line, lines: [line] });
    else {
      known.count++;
      if (known.lines.length < MOST_LINES) known.lines.push(line);
    }
  }
}

/** Captures that cannot be imported, for a reason that their owner can see to. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}
