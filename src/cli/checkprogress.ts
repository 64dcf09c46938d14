import type { CheckProgress } from '../check/check.ts';
import type { Context } from './context.ts';

const MIB = 2 ** 20;
const LINE_EVERY_MS = 2000;
const REDRAW_EVERY_MS = 100;
const BAR_WIDTH = 20;
const CLEAR_LINE = '\r\u001B[2K';

/** Shows where searches are: a bar that is redrawn on a terminal, a line every 2 s elsewhere. */
export function checkProgress({ err, isTerminal }: Pick<Context, 'err' | 'isTerminal'>): (at: CheckProgress) => void {
  const every = isTerminal ? REDRAW_EVERY_MS : LINE_EVERY_MS;
  let [search, started, next] = ['', 0, performance.now() + every];
  return (at) => {
    const now = performance.now();
    if (search !== `${at.profile} ${at.alphabet}`) [search, started] = [`${at.profile} ${at.alphabet}`, now];
    const done = at.expanded === at.found;
    if (now < next && !(done && isTerminal)) return;
    next = now + every;
    const text = textOf(at, (now - started) / 1000);
    err(isTerminal ? `${CLEAR_LINE}${done ? '' : barOf(at) + text}` : `${text}\n`);
  };
}

function barOf({ expanded, found }: CheckProgress): string {
  const full = Math.floor((BAR_WIDTH * expanded) / found);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] `;
}

/** States expanded of those found, the rate of states found, and what they take. */
function textOf({ profile, alphabet, expanded, found, bytes }: CheckProgress, seconds: number): string {
  const rate = Math.round(found / Math.max(seconds, 0.001));
  return `${profile} ${alphabet}: ${expanded} of ${found} states, ${rate} states/s, ${Math.ceil(bytes / MIB)} MiB`;
}
