/** Longest line on which an array or object is written whole [characters]. */
const WIDTH = 140;

/** JSON with a short value on one line and a long one spread over several; the same text for the same value. */
export function printJson(value: unknown, indent = ''): string {
  const whole = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || whole.length + indent.length <= WIDTH) return whole;
  const inner = `${indent} `;
  if (Array.isArray(value)) {
    if (value.every((item) => Array.isArray(item) && item.every((x) => typeof x === 'number')))
      return pack(value, inner);
    return `[\n${value.map((item) => inner + printJson(item, inner)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${printJson(item, inner)}`,
  );
  return `{\n${entries.join(',\n')}\n${indent}}`;
}

/** Many small tuples: as many on a line as fit. */
function pack(items: readonly unknown[], indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const item of items.map((i) => JSON.stringify(i))) {
    if (line !== '' && indent.length + line.length + item.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line += (line === '' ? '' : ', ') + item;
  }
  return `[\n${[...lines, line].map((l) => indent + l).join(',\n')}\n${indent.slice(1)}]`;
}
