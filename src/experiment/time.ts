const MICROSECONDS: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000 };

/** A time as studies write it: `500us`, `20ms`, `1.5s`. */
export const TIME_PATTERN = /^(\d+(?:\.\d+)?)(us|ms|s)$/;

/** Microseconds of a time that matches `TIME_PATTERN`; NaN for anything else. */
export function parseTime(text: string): number {
  const match = TIME_PATTERN.exec(text);
  return match === null ? Number.NaN : Number(match[1]) * MICROSECONDS[match[2]];
}

/** The shortest exact way to write `microseconds`: 20000 gives `20ms`. */
export function formatTime(microseconds: number): string {
  for (const unit of ['s', 'ms']) {
    const scale = MICROSECONDS[unit];
    if (microseconds % scale === 0 && microseconds > 0) return `${microseconds / scale}${unit}`;
  }
  return `${microseconds}us`;
}
