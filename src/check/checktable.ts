import { PROFILE_NAMES } from '../kernel/semantics/config.ts';
import { INVARIANTS, INVARIANT_IDS } from '../kernel/semantics/invariants.ts';
import type { InvariantId } from '../kernel/semantics/invariants.ts';
import type { CheckResult } from './check.ts';
import { layOut } from './columns.ts';

/** What was covered by one search, in words. */
function coverage({ complete, stopped, expanded, states, depth, cut }: CheckResult): string {
  const bounds = Object.entries(cut).map(([what, steps]) => `${steps} steps beyond the bound of ${what}`);
  const all = complete
    ? 'all states'
    : `${expanded} of ${states} found states, all programs to ${depth} steps (${stopped}${stopped === 'interrupted' ? '' : ' limit'})`;
  return [all, ...bounds].join('; ');
}

/** One line for each search: size, cover, and what was broken in how many steps. */
export function checkTable(results: readonly CheckResult[]): string {
  const rows = results.map((result) => [
    result.profile,
    result.alphabet,
    String(result.states),
    String(result.transitions),
    result.broken.map(({ invariant, depth }) => `${invariant}@${depth}`).join(' ') || 'nothing',
    coverage(result),
  ]);
  return layOut([['profile', 'alphabet', 'states', 'transitions', 'broken', 'covered'], ...rows]);
}

/** One cell: the shortest witness, or how far the invariant holds. */
function cell(results: readonly CheckResult[], id: InvariantId): string {
  const depths = results.flatMap(({ broken }) =>
    broken.filter(({ invariant }) => invariant === id).map(({ depth }) => depth),
  );
  if (depths.length > 0) return `broken in ${Math.min(...depths)}`;
  return results.every(({ complete }) => complete) ? 'holds' : 'not found';
}

/** The matrix of profile by invariant: `holds` exhaustively within the bounds of all searches, `broken in n` steps, or `not found`. */
export function checkMatrix(results: readonly CheckResult[]): string {
  const profiles = PROFILE_NAMES.filter((profile) => results.some((result) => result.profile === profile));
  const rows = INVARIANT_IDS.map((id) => {
    const cells = profiles.map((profile) =>
      cell(
        results.filter((result) => result.profile === profile),
        id,
      ),
    );
    return [id as string, INVARIANTS[id].class].concat(cells, INVARIANTS[id].sentence);
  });
  const head: readonly string[] = ['', 'class'].concat(profiles, 'invariant');
  return layOut([head].concat(rows));
}

/** Shortest witness of each profile and invariant over several searches, as one attack file. */
export function witnessFile(results: readonly CheckResult[]): string {
  const best = new Map<string, CheckResult['broken'][number]>();
  for (const { profile, broken } of results) {
    for (const row of broken) {
      const key = `${profile} ${row.invariant}`;
      if ((best.get(key)?.depth ?? Infinity) > row.depth) best.set(key, row);
    }
  }
  return [...best.values()].map(({ attack }) => attack).join('\n');
}
