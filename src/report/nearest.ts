/** The name with the fewest edits to what was written, so that a message can suggest it. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const distance = new Map(names.map((name) => [name, edits(written, name)]));
  return [...names].sort((a, b) => distance.get(a)! - distance.get(b)!)[0];
}

/** Levenshtein distance: insertions, deletions and replacements of one character, one row of the table at a time. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
