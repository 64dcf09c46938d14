/** Rows of a CSV text (RFC 4180: fields in quotes may hold commas, quotes twice and line ends), by the names of its header. */
export function parseCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = recordsOf(text);
  return rows.map((cells) => Object.fromEntries(header.map((name, i) => [name.trim(), cells[i] ?? ''])));
}

const FIELD = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g;

function recordsOf(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (const [, field, end] of text.matchAll(FIELD)) {
    if (end === '' && field === '' && record.length === 0) break;
    record.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === ',') continue;
    records.push(record);
    record = [];
  }
  return records.filter((cells) => cells.some((cell) => cell !== ''));
}
