/** One field and its end: quoted with doubled quotes inside, or bare, then a comma, a line end or the end of the text (RFC 4180). */
const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/;

/** Splits CSV text into rows of strings; blank lines are left out. @throws when a quote is out of place, with its row number */
export function parseCsv(text: string): string[][] {
  const next = new RegExp(field, 'y');
  const rows: string[][] = [];
  let row: string[] = [];
  for (let end = ','; next.lastIndex < text.length || end === ',';) {
    const match = next.exec(text);
    if (!match) throw new Error(`CSV row ${rows.length + 1}: a quote is out of place`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    end = match[3] ?? '';
    if (end === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}

/** CSV text as records named by its header row; cells missing at the end of a row are empty strings. */
export function readRecords(text: string): { columns: string[]; records: Record<string, string>[] } {
  const [columns = [], ...rows] = parseCsv(text);
  return { columns, records: rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? '']))) };
}
