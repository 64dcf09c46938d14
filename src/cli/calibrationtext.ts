import type { Calibration } from '../experiment/calibrate/calibration.ts';
import { alignColumns } from './text.ts';

/** What was measured with its ranges, what was seen only as a sum, and what could not be measured. */
export function calibrationText({ file, measured, readings, notes, missing, inherited }: Calibration): string {
  const rows = measured.map(({ path, value, range, confidence }) => [
    path,
    number(value),
    `${number(range[0])} to ${number(range[1])}`,
    confidence,
  ]);
  const sums = readings.map(({ name, value, range, unit, doc }) => [
    name,
    number(value),
    `${number(range[0])} to ${number(range[1])} ${unit}`,
    doc,
  ]);
  return [
    `Measured, over ${String(file['extends'])} (cycles unless the name says otherwise):`,
    alignColumns([['part', 'value', 'range', 'confidence'], ...rows]),
    '\nReadings:',
    alignColumns([['reading', 'value', 'range', 'what'], ...sums]),
    ...section('Notes', notes),
    ...section(
      'Could not measure',
      missing.map(({ name, reason }) => `${name}: ${reason}`),
    ),
    ...section(
      `Not measured, taken from ${String(file['extends'])}`,
      inherited.map(({ why, paths }) => `${paths.join(', ')}\n    ${why}`),
    ),
    '',
  ].join('\n');
}

/** Four digits. */
function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`\n${title}:`, ...lines.map((line) => `  ${line}`)];
}
