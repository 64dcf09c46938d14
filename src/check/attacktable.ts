import type { ProfileName } from '../kernel/semantics/config.ts';
import type { AttackOutcome, AttackReport } from './attack.ts';

/** One outcome in a cell: broken invariants, else what stopped which step, else `ok`; `!` marks an outcome that was not expected. */
function cell({ broken, stopped, asExpected }: AttackOutcome): string {
  const mark = asExpected === false ? ' !' : '';
  if (broken.length > 0)
    return `broken ${broken.map(({ invariant, step }) => `${invariant}@${step}`).join(' ')}${mark}`;
  const [stop] = stopped;
  return (stop === undefined ? 'ok' : `${stop.what}@${stop.step} ${stop.rules.join('/')}`) + mark;
}

/** Pads the columns of a table to equal width; the last stays ragged. */
function layOut(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An attack's line: id, a cell for each profile, title. */
function rowOf(id: string, outcomes: readonly AttackOutcome[], profiles: readonly ProfileName[]): string[] {
  const cells = profiles.map((profile) => {
    const outcome = outcomes.find((one) => one.profile === profile);
    return outcome === undefined ? '' : cell(outcome);
  });
  return [id].concat(cells, outcomes[0].title);
}

/** The table of outcomes: one line an attack, one column a profile, and a closing line that counts. */
export function attackTable({ cases, disagree, outcomes }: AttackReport): string {
  const profiles = [...new Set(outcomes.map(({ profile }) => profile))];
  const byAttack = Map.groupBy(outcomes, ({ id }) => id);
  const rows = [...byAttack].map(([id, own]) => rowOf(id, own, profiles));
  const broken = outcomes.filter((outcome) => outcome.broken.length > 0).length;
  const closing = `${cases} cases, ${broken} broken, ${disagree} not as expected`;
  return `${layOut([['id', ...profiles, 'attack'], ...rows])}\n${closing}`;
}
