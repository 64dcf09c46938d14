/** JSON with sorted keys and no spaces: equal values give equal bytes. Numbers must be finite. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** Like `canonicalJson`, one key or element a line, closed by a line break; for files that people and `diff` read. */
export function prettyJson(value: unknown): string {
  return `${JSON.stringify(sorted(value), null, 1)}\n`;
}

function sorted(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`canonicalJson: ${value} has no JSON form`);
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** A canonical JSON object whose lists have one element a line; for long lists of small rows. */
export function linesJson(object: Readonly<Record<string, unknown>>): string {
  const keys = Object.keys(object).toSorted();
  const parts = keys.map((key) => {
    const value = object[key];
    if (!Array.isArray(value) || value.length === 0) return `${JSON.stringify(key)}: ${canonicalJson(value)}`;
    return `${JSON.stringify(key)}: [\n${value.map((row) => canonicalJson(row)).join(',\n')}\n]`;
  });
  return `{\n${parts.join(',\n')}\n}\n`;
}
