import type { Path, Step } from '../../workloads/recorded/model.ts';

/** Longest repeated block looked for [sites]. */
const LONGEST_BLOCK = 12;
/** Blocks used for folding must repeat in at least this share of the sequences. */
const COMMON = 0.02;
const MOST_PATHS = 5;
/** Paths of a smaller share are told only if nothing is more frequent. */
const LEAST_SHARE = 0.01;

/** A sequence of sites from one wait for work to the next, and how often it occurred. */
export type Sequences = ReadonlyMap<string, number>;

/** Separates sites in the key of a sequence; no site name contains it. */
export const SEPARATOR = ' ';

function repeats(sites: readonly string[], at: number, length: number): number {
  let times = 1;
  for (let next = at + length; next + length <= sites.length; next += length) {
    for (let i = 0; i < length; i++) if (sites[at + i] !== sites[next + i]) return times;
    times++;
  }
  return times;
}

/** First (shortest) block that repeats at once from `at` on. */
function blockAt(sites: readonly string[], at: number): number {
  for (let length = 1; length <= LONGEST_BLOCK; length++) if (repeats(sites, at, length) >= 2) return length;
  return 0;
}

/** Blocks that follow themselves somewhere, most covering first. */
function findBlocks(sequences: Sequences): string[][] {
  const covered = new Map<string, { sequences: number; sites: number }>();
  let total = 0;
  for (const [key, count] of sequences) {
    total += count;
    const sites = key.split(SEPARATOR);
    const here = new Set<string>();
    for (let at = 0; at < sites.length; at++) {
      const length = blockAt(sites, at);
      if (length === 0) continue;
      const block = sites.slice(at, at + length).join(SEPARATOR);
      const span = repeats(sites, at, length) * length;
      const known = covered.get(block) ?? { sequences: 0, sites: 0 };
      covered.set(block, known);
      if (!here.has(block)) known.sequences += count;
      known.sites += span * count;
      here.add(block);
      at += span - 1;
    }
  }
  const common = [...covered].filter(([, c]) => c.sequences >= COMMON * total);
  common.sort((a, b) => b[1].sites - a[1].sites || (a[0] < b[0] ? -1 : 1));
  return common.map(([block]) => block.split(SEPARATOR));
}

/** A site, or a block with the number of times it was repeated. */
interface Folded {
  readonly block: readonly string[];
  readonly times: number;
  readonly repeated: boolean;
}

function matches(sites: readonly string[], at: number, block: readonly string[]): boolean {
  return block.every((site, i) => sites[at + i] === site);
}

/** Rewrites a sequence as sites and blocks; a block that occurs once counts as repeated once. */
function fold(sites: readonly string[], blocks: readonly (readonly string[])[]): Folded[] {
  const folded: Folded[] = [];
  for (let at = 0; at < sites.length;) {
    const block = blocks.find((b) => matches(sites, at, b));
    const times = block === undefined ? 1 : repeats(sites, at, block.length);
    const item = block ?? [sites[at]];
    folded.push({ block: item, times, repeated: block !== undefined });
    at += item.length * times;
  }
  return folded;
}

interface Shape {
  count: number;
  readonly items: readonly Folded[];
  readonly times: number[];
}

function toSteps({ items, times, count }: Shape): Step[] {
  return items.flatMap((item, i): Step[] => {
    if (!item.repeated) return [...item.block];
    return [{ times: Math.round((times[i] / count) * 100) / 100, body: [...item.block] }];
  });
}

/** The most frequent forms of the sequences once repeated blocks are folded. */
export function frequentPaths(sequences: Sequences): Path[] {
  const blocks = findBlocks(sequences);
  const shapes = new Map<string, Shape>();
  let total = 0;
  for (const [key, count] of sequences) {
    const items = fold(key.split(SEPARATOR), blocks);
    const form = items
      .map((i) => (i.repeated ? `(${i.block.join(SEPARATOR)})` : i.block.join(SEPARATOR)))
      .join(SEPARATOR);
    const shape = shapes.get(form) ?? { count: 0, items, times: items.map(() => 0) };
    shapes.set(form, shape);
    shape.count += count;
    total += count;
    items.forEach((item, i) => (shape.times[i] = shape.times[i] + item.times * count));
  }
  const ordered = [...shapes.values()].sort((a, b) => b.count - a.count);
  const frequent = ordered.filter(({ count }, i) => i === 0 || count >= LEAST_SHARE * total);
  return frequent.slice(0, MOST_PATHS).map((shape) => ({
    share: Math.round((shape.count / total) * 1000) / 1000,
    steps: toSteps(shape),
  }));
}
