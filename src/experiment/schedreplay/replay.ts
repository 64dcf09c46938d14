import type { SchedulerName } from '../../kernel/sched/index.ts';
import { excess, type Comparison, type Recording } from './comparison.ts';
import { realtime, shares, unpinned } from './shares.ts';
import { groupRows, numberIn, readTable, type Malformed, type Row } from './table.ts';
import { timeslices } from './timeslices.ts';
import { wakeups } from './wakeups.ts';

/** Kinds of recordings, told apart by the columns of the header and the values of `kind`. */
export const RECORDINGS: readonly Recording[] = [shares, realtime, unpinned, timeslices, wakeups];

/** What a replay gives: numbers compared, how many agree, the worst and the first that does not; `ungraded` ones are not judged. */
export interface SchedReplay {
  readonly cases: number;
  readonly agree: number;
  readonly disagree: number;
  readonly ungraded: number;
  readonly worst: Comparison | undefined;
  readonly firstDisagreement: Comparison | undefined;
  readonly malformed: readonly Malformed[];
}

/** Replays a recording under a scheduler; undefined if the header is of no known kind. */
export function replaySched(text: string, scheduler: SchedulerName): SchedReplay | undefined {
  const [first] = text.split(/\r?\n/, 1);
  const header = new Set(first.split(',').map((name) => name.trim()));
  const fitting = RECORDINGS.filter(({ columns }) => columns.every((column) => header.has(column)));
  if (fitting.length === 0) return undefined;
  const { rows, malformed } = readTable(text, fitting[0].texts);
  const incomplete = new Set(fitting.flatMap((recording) => incompleteRows(rowsOf(rows, recording), recording)));
  const whole = rows.filter((row) => !incomplete.has(row));
  const compared = fitting.flatMap((recording) => recording.replay(rowsOf(whole, recording), scheduler));
  compared.sort((a, b) => a.line - b.line);
  const apart = [...incomplete].map(({ line }) => ({ line, message: 'other threads of its case are missing' }));
  return { ...summed(compared), malformed: [...malformed, ...apart].toSorted((a, b) => a.line - b.line) };
}

function rowsOf(rows: readonly Row[], { kinds }: Recording): readonly Row[] {
  return kinds === undefined ? rows : rows.filter(({ cells }) => kinds.test(cells['kind']));
}

/** Rows of cases of which some threads are missing: what the others got cannot be simulated without them. */
function incompleteRows(rows: readonly Row[], { together }: Recording): readonly Row[] {
  if (together === undefined) return [];
  return groupRows(rows, together.by)
    .filter((group) => group.length < numberIn(group[0], together.count))
    .flat();
}

function summed(compared: readonly Comparison[]): Omit<SchedReplay, 'malformed'> {
  const graded = compared.filter(({ tolerance }) => tolerance !== undefined);
  const apart = graded.filter((comparison) => !(excess(comparison) <= 1));
  const worst = graded.toSorted((a, b) => excess(b) - excess(a)).at(0);
  return {
    cases: graded.length,
    agree: graded.length - apart.length,
    disagree: apart.length,
    ungraded: compared.length - graded.length,
    worst,
    firstDisagreement: apart.at(0),
  };
}
