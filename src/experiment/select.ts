import type { PlanRow } from '../archive/rows.ts';
import { ConfigError } from '../sim/errors.ts';
import type { Catalogue } from './catalogue.ts';
import { checkExpression } from './checkdesign.ts';
import { namesOf } from './expand.ts';
import { compile } from './expression.ts';
import { ExpressionError } from './expressionerror.ts';
import { badExpression } from './messages.ts';
import { withMachines } from './ownmachines.ts';
import { withWorkloads } from './ownworkloads.ts';
import { SETTING_NAMES } from './settings.ts';
import type { Study } from './study.ts';

/** Name of the replication number in the filter of a sweep. */
const REPETITION = 'repetition';

/**
 * Runs that `-r EXPR` selects: an expression over settings and `repetition`, such as `policy == 'free' && repetition < 2`.
 * Throws a `ConfigError` for wrong syntax and unknown names; types are checked on the rows given.
 */
export function selection(
  text: string,
  study: Study,
  rows: readonly PlanRow[],
  catalogue: Catalogue,
): (row: PlanRow) => boolean {
  const groups = { params: study.base['params'], profile: study.base['profile'] };
  const fixed = Object.entries(groups).flatMap(([group, values]) =>
    Object.keys(values).map((name) => `${group}.${name}`),
  );
  const own = withWorkloads(withMachines(catalogue, study.machines ?? {}), study.workloads ?? {});
  const design = { catalogue: own, settings: [...SETTING_NAMES, ...fixed, ...Object.keys(study.vary)] };
  const place = { file: `-r ${text}`, path: '(option)' };
  const findings = checkExpression(text, design, [REPETITION]);
  if (findings.length > 0) throw new ConfigError(findings.map((finding) => Object.assign({}, place, finding)));
  const expression = compile(text);
  const select = (row: PlanRow): boolean =>
    expression.test(namesOf(study, row.itervars, { [REPETITION]: row.spec.replication }));
  try {
    rows.forEach(select);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ConfigError([Object.assign({}, place, badExpression(error.position, error.message))]);
  }
  return select;
}
