import { canonicalJson, prettyJson } from '../../archive/canonical.ts';
import { FILES } from '../../archive/layout.ts';
import { readResultsFile, writeResultsFiles } from '../../archive/storeresults.ts';
import { parseStored } from '../../archive/parsed.ts';
import { ConfigError } from '../../sim/errors.ts';
import { differences } from '../differ.ts';
import { otherStudy } from '../messages.ts';
import type { Study } from '../study.ts';

/** Keys of a study that no result depends on; changing their words or charts keeps all runs valid. */
const COSMETIC = new Set(['question', 'hypothesis', 'figures']);

/**
 * Makes `dir` the results of `study`: writes study.yaml as given and study.resolved.json. Results of another study under the same
 * name are refused with all differences, unless `replace` says otherwise; runs that both studies share are then used again.
 */
export function prepareResults(dir: string, study: Study, given: string, replace: boolean): void {
  const before = readResultsFile(dir, FILES.resolved);
  const resolved = prettyJson(study);
  if (before !== undefined && !replace) {
    const remedy = 'give --replace if this study is the one';
    const stored = parseStored(before, `${dir}/${FILES.resolved}`, ['experiment'], remedy);
    refuseOther(dir, stored, JSON.parse(canonicalJson(study)));
  }
  writeResultsFiles(dir, { [FILES.study]: given, [FILES.resolved]: resolved });
}

function refuseOther(dir: string, before: unknown, after: unknown): void {
  const changed = differences(before, after).filter(({ path }) => !COSMETIC.has(path));
  if (changed.length === 0) return;
  throw new ConfigError(changed.map((change) => otherStudy(dir, change)));
}
