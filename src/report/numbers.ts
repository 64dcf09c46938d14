import type { Estimate } from '../archive/rows.ts';

/** Half-widths below this are zero, as where replications count the same few things: no digit of theirs is worth showing. */
const LEAST_HALFWIDTH = 0.0005;

/** Digits after the point that show a half-width to at least one digit, one to three; one where there is nothing to show. */
export function decimalsFor(halfwidth: number | undefined): number {
  if (halfwidth === undefined || halfwidth >= 0.05 || halfwidth < LEAST_HALFWIDTH) return 1;
  return halfwidth >= 0.005 ? 2 : 3;
}

/** A number to so many digits after the point with a true minus sign; never a negative zero. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** A count or a duration to four significant digits, thousands separated: `12,350`, `594.1`. */
export function significant(value: number): string {
  const rounded = Number(value.toPrecision(4));
  const [whole = '', fraction] = Math.abs(rounded).toString().split('.');
  const sign = rounded < 0 ? '−' : '';
  return `${sign}${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** `9.1 % ± 0.4`, `+9.1 % ± 0.4` when signed; no half-width from a single run. */
export function percentage({ mean, halfwidth }: Estimate, signed: boolean): string {
  const decimals = decimalsFor(halfwidth);
  const plus = signed && Number(mean.toFixed(decimals)) > 0 ? '+' : '';
  return `${plus}${fixed(mean, decimals)} %${halfwidth === undefined ? '' : ` ± ${fixed(halfwidth, decimals)}`}`;
}

/** Direction of a difference that its interval supports. */
export type Sign = 'more' | 'fewer' | 'none';

/** Direction of a difference: none when zero lies within its interval. A single run has no interval, so only its mean speaks. */
export function signOf({ mean, halfwidth = 0 }: Estimate): Sign {
  if (Math.abs(mean) <= halfwidth) return 'none';
  return mean > 0 ? 'more' : 'fewer';
}
