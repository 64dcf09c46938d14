import { array, assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { parseCsv, readRecords } from './csv.ts';

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

test('any table of strings survives quoting and reading back', () => {
  const table = array(array(string(), { minLength: 2, maxLength: 4 }), { maxLength: 5 });
  assert(
    property(table, constantFrom('\n', '\r\n'), (rows, end) => {
      const text = rows.map((row) => row.map(quoted).join(',') + end).join('');
      expect(parseCsv(text)).toEqual(rows);
    }),
  );
});

test('a last line without line end, an empty last cell and a blank line are read as RFC 4180 means them', () => {
  expect(parseCsv('a,b\n\n1,')).toEqual([
    ['a', 'b'],
    ['1', ''],
  ]);
});

test('a stray quote in row 2 is named in the error', () => {
  expect(() => parseCsv('a,b\n1,x"y\n')).toThrow('CSV row 2');
});

test('records carry the header names and fill 1 missing cell with an empty string', () => {
  expect(readRecords('a,b\n1\n')).toEqual({ columns: ['a', 'b'], records: [{ a: '1', b: '' }] });
});
