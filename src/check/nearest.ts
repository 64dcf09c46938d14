/** Edits (insert, delete, replace) between two words, by the row-wise Levenshtein recurrence. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}

/** The name closest to a word, without regard to case; undefined when none is within half of its length. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.floor(word.length / 2) + 1;
  for (const name of names) {
    const edits = distance(word.toLowerCase(), name.toLowerCase());
    if (edits >= least) continue;
    least = edits;
    best = name;
  }
  return best;
}

/** A sentence refusing a word: what it is, what is allowed, and the nearest allowed name. */
export function refuse(what: string, word: unknown, allowed: readonly string[]): string {
  const shown = typeof word === 'string' ? word : JSON.stringify(word);
  const near = nearest(shown, allowed);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return `unknown ${what} ${shown}${hint} (allowed: ${allowed.join(', ')})`;
}
