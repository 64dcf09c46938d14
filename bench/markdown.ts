/** A table of a Markdown document. */
export function markdown(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [row(columns), row(columns.map(() => '---')), ...rows.map(row)].join('\n');
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}
