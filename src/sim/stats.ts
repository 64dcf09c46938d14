/** Units of raw statistics; ratios are derived later from numerators and denominators. */
export type Unit = 'count' | 'cycles' | 'bytes' | 'instructions' | 'ns';
