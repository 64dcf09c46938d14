import type { ProfileName } from '../kernel/semantics/config.ts';
import type { AttackOutcome, AttackReport } from './attack.ts';
import { layOut } from './columns.ts';

/** One outcome in a cell: broken invariants, else what stopped which step, else `ok`; `!` marks an outcome that was not expected. */
function cell({ broken, stopped, asExpected }: AttackOutcome): string {
  const mark = asExpected === false ? ' !' : '';
  if (broken.length > 0)
    return `broken ${broken.map(({ invariant, step }) => `${invariant}@${step}`).join(' ')}${mark}`;
  const [stop] = stopped;
  return (stop === undefined ? 'ok' : `${stop.what}@${stop.step} ${stop.rules.join('/')}`) + mark;
}

/** An attack's line: id, a cell for each profile, title. */
function rowOf(id: string, outcomes: readonly AttackOutcome[], profiles: readonly ProfileName[]): string[] {
  const cells = profiles.map((profile) => {
    const outcome = outcomes.find((one) => one.profile === profile);
    return outcome === undefined ? '' : cell(outcome);
  });
  return [id].concat(cells, outcomes[0].title);
}

/** What was expected instead of an outcome that was not, and all that happened. */
function surprise({ id, profile, expected, verdict }: AttackOutcome): string {
  return `${id} ${profile}: expected ${expected}, found ${verdict}`;
}

/** The table of outcomes: one line an attack, one column a profile, a closing line that counts, and a line for each that was not expected. */
export function attackTable({ cases, disagree, outcomes }: AttackReport): string {
  const profiles = [...new Set(outcomes.map(({ profile }) => profile))];
  const byAttack = Map.groupBy(outcomes, ({ id }) => id);
  const rows = [...byAttack].map(([id, own]) => rowOf(id, own, profiles));
  const broken = outcomes.filter((outcome) => outcome.broken.length > 0).length;
  const closing = `${cases} cases, ${broken} broken, ${disagree} not as expected`;
  const surprises = outcomes.filter(({ asExpected }) => asExpected === false).map(surprise);
  return [layOut([['id', ...profiles, 'attack'], ...rows]), closing, ...surprises].join('\n');
}
