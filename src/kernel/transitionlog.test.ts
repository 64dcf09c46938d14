import { expect, it } from 'vitest';
import { StatsRegistry } from '../sim/stats.ts';
import { makeRules } from './semantics/config.ts';
import { Errno } from './semantics/errno.ts';
import { Authority } from './semantics/gate.ts';
import { ModeRule, TransitionLog, type ModeOf } from './transitionlog.ts';

const { ByPage, KernelMode, None } = Authority;

/** Counts above 0 after some use of a log of the profile's rules. */
function countsOf(profile: 'L0' | 'L1', use: (log: TransitionLog) => void): Record<string, number> {
  const stats = new StatsRegistry();
  use(new TransitionLog(makeRules(profile), stats));
  const rows = stats.rows(stats.snapshot()).filter(({ value }) => value > 0);
  return Object.fromEntries(rows.map(({ name, value }) => [name.replace('semantics.', ''), value]));
}

function thread(authority: Authority, entryAuthority: Authority, entered: boolean, cpl = 0): ModeOf {
  return { cpl, entered, entryAuthority, process: { authority } };
}

it('counts changes by rule, refusals by rule and errno', () => {
  const counts = countsOf('L1', (log) => {
    log.count(ModeRule.skj);
    log.count(ModeRule.drop);
    log.refuse(ModeRule.skj, Errno.ESTALE);
    log.refuse(ModeRule.skm1, Errno.EPERM);
    log.refuse(ModeRule.skm1, Errno.EPERM);
  });
  const expected = { 'transitions.skj': 1, 'transitions.drop': 1, 'refused.skm1EPERM': 2, 'refused.skjESTALE': 1 };
  expect(counts).toEqual(expected);
});

it('throws for a refusal that no rule can give', () => {
  expect(() => countsOf('L1', (log) => log.refuse(ModeRule.skm0, Errno.ENOENT))).toThrow('skm0 refused with errno 2');
});

it.each([
  ['nothing for page authority in a trusted page after the gate', 'L1', thread(ByPage, ByPage, true), true, []],
  ['nothing at CPL 3', 'L1', thread(None, None, false, 3), false, []],
  ['I1 in a page that is not trusted', 'L1', thread(ByPage, ByPage, true), false, ['I1']],
  ['nothing for CAP_KERNELMODE there', 'L1', thread(KernelMode, KernelMode, false), false, []],
  ['I8 when the capability is gone', 'L1', thread(None, ByPage, true), true, ['I8']],
  ['I9 without the gate', 'L1', thread(ByPage, ByPage, false), true, ['I9']],
  ['no I9 where there is no gate', 'L0', thread(ByPage, ByPage, false), true, []],
  ['I8 and I24 without authority ever', 'L1', thread(None, None, false), true, ['I8', 'I24']],
] as const)('finds %s', (_, profile, standing, isTrusted, broken) => {
  const counts = countsOf(profile, (log) => log.watch(standing, isTrusted));
  expect(counts).toEqual(Object.fromEntries(broken.map((id) => [`violations.${id}`, 1])));
});
