/** A line of a table that cannot be read. */
export interface Malformed {
  readonly line: number;
  readonly message: string;
}

/** A row by the names of its columns, and the line it stands on. */
export interface Row {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** A table of plain cells without quotes, as the recordings are. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly malformed: readonly Malformed[];
}

/** Reads a table whose first line names its columns; rows of another width, or without a number where one belongs, are malformed. */
export function readTable(text: string, texts: readonly string[]): Table {
  const lines = text.split(/\r?\n/);
  const columns = lines[0].split(',').map((name) => name.trim());
  const rows: Row[] = [];
  const malformed: Malformed[] = [];
  lines.slice(1).forEach((line, index) => {
    if (line.trim() === '') return;
    const values = line.split(',').map((value) => value.trim());
    const cells = Object.fromEntries(columns.map((name, i) => [name, values[i] ?? '']));
    const message = fault(values, columns, texts);
    if (message === undefined) rows.push({ line: index + 2, cells });
    else malformed.push({ line: index + 2, message });
  });
  return { columns, rows, malformed };
}

function fault(values: readonly string[], columns: readonly string[], texts: readonly string[]): string | undefined {
  if (values.length !== columns.length)
    return `${values.length === 1 ? '1 cell' : `${values.length} cells`} under ${columns.length} columns`;
  const bad = columns.find((name, i) => !texts.includes(name) && (values[i] === '' || Number.isNaN(Number(values[i]))));
  return bad === undefined ? undefined : `${bad} is no number`;
}

/** Number in a column. */
export function numberIn({ cells }: Row, column: string): number {
  return Number(cells[column]);
}

/** Rows that agree in some columns, in order of their first. */
export function groupRows(rows: readonly Row[], columns: readonly string[]): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = columns.map((column) => row.cells[column]).join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
