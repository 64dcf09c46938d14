import { JfrLines, JfrTotals, type JfrSummary } from '../../import/jfr.ts';
import { ImportError, Problems } from '../../import/problems.ts';
import { readLines } from './lines.ts';

/** A summary of a flight recording, and the lines that were none of it. */
export interface ImportedRecording {
  readonly summary: JfrSummary;
  readonly problems: Problems;
}

/** Reads what `jfr print --json` wrote, plain or gzip, line by line. An `ImportError` when there is no event in it. */
export async function importRecording(path: string): Promise<ImportedRecording> {
  const [totals, problems] = [new JfrTotals(), new Problems()];
  const reader = new JfrLines(totals, problems);
  for await (const lines of readLines(path, problems)) for (const line of lines) reader.read(line);
  reader.finish();
  const summary = totals.summary();
  if (summary.events === 0)
    throw new ImportError(`${path}: no event in it (write it with: jfr print --json recording.jfr > ${path})`);
  return { summary, problems };
}
