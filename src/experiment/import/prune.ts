import { SEPARATOR } from './fold.ts';
import type { RoleStats } from './gather.ts';

/** Sites below this rate per request are left out. */
const RARE = 0.005;

type Flows = Map<string, Map<string, number>>;

function toFlows(stats: RoleStats): Flows {
  const flows: Flows = new Map([...stats.sites.keys()].map((id) => [id, new Map()]));
  for (const [key, count] of stats.transitions) {
    const [from, to] = key.split(SEPARATOR) as [string, string];
    (flows.get(from) as Map<string, number>).set(to, count);
  }
  return flows;
}

/** Takes a site out: who went to it goes on to its successors, in their proportions (the censored chain). */
function contract(flows: Flows, rare: string): void {
  const onward = flows.get(rare) as Map<string, number>;
  flows.delete(rare);
  onward.delete(rare);
  let total = 0;
  for (const count of onward.values()) total += count;
  for (const successors of flows.values()) {
    const arriving = successors.get(rare);
    if (arriving === undefined) continue;
    successors.delete(rare);
    for (const [to, count] of onward) successors.set(to, (successors.get(to) ?? 0) + (arriving * count) / total);
  }
}

/**
 * Ids of the sites worth keeping, most frequent first, and the transitions between them once the others are left out.
 * The head is always kept.
 */
export function prune(stats: RoleStats, requests: number, head: string): { ids: string[]; flows: Flows } {
  const flows = toFlows(stats);
  for (const [id, { count }] of stats.sites) if (count < RARE * requests && id !== head) contract(flows, id);
  const count = (id: string) => stats.sites.get(id)?.count ?? 0;
  const ids = [...flows.keys()].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1));
  return { ids, flows };
}
