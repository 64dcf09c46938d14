import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alphabet } from './alphabet.ts';
import { bitsOf, opinionOf } from './outcome.ts';
import type { Opinion, Outcome } from './outcome.ts';
import type { Policy } from './policies.ts';

/** Depth of the search that the verifier reserves room for, in steps. */
const DEPTH = 2_000_000;
/** Megabytes that the verifier may use. */
const MEMORY_MB = 4000;

/** Pages, offsets, contents and errors as state.pml numbers them. */
const PAGES = ['A', 'B', 'W', 'Y'];
const OFFSETS = ['E', 'M', 'R'];
const CONTENTS = ['', 'V', 'V2', 'N', 'D'];
const RETURNS = [
  '0',
  'EACCES',
  'EAGAIN',
  'EBUSY',
  'EEXIST',
  'EFAULT',
  'EINVAL',
  'EIO',
  'ENOENT',
  'ENOMEM',
  'ENOSYS',
  'EPERM',
  'ESTALE',
  'SIGSEGV',
];
const MODES = ['0', '3', 'dead'] as const;

/** Operations as operations.pml numbers them, with how each prints its two operands. */
const bare = (name: string) => (): string => name;
const target = (name: string) => (page: number, offset: number) => `${name} ${PAGES[page]}.${OFFSETS[offset]}`;
const onPage = (name: string) => (page: number) => `${name} ${PAGES[page]}`;
const STEPS: readonly ((a: number, b: number) => string)[] = [
  bare('none'),
  bare('step'),
  target('jump'),
  target('ijmp'),
  target('call'),
  bare('ret'),
  (flag) => `skm ${flag}`,
  target('skjCheck'),
  bare('skjGo'),
  bare('kret'),
  target('downcall'),
  bare('upret'),
  target('smash'),
  (page) => `mmapAlias Y ${PAGES[page]}`,
  (page, content) => `store ${PAGES[page]} ${CONTENTS[content]}`,
  onPage('procmem'),
  (page, writable) => `mprotect ${PAGES[page]} ${writable}`,
  onPage('madv'),
  onPage('uffd'),
  onPage('publish'),
  onPage('unpublish'),
  bare('capdrop B'),
];

/** Whether a program answers to `-V` or `--version`. */
function answers(program: string, flag: string): boolean {
  try {
    execFileSync(program, [flag], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The tools that are missing for a second opinion; empty when it can be had. */
export function missingTools(): string[] {
  const tools: readonly [string, string][] = [
    ['spin', '-V'],
    ['cc', '--version'],
  ];
  return tools.filter(([program, flag]) => !answers(program, flag)).map(([program]) => program);
}

/** Spin's own words for its version: "Spin Version 6.5.2 -- 6 December 2019". */
export function spinVersion(): string {
  return execFileSync('spin', ['-V'], { encoding: 'utf8' }).trim();
}

/** Switches of a build of the model. */
export function switchesOf({ profile, without }: Policy, { threads, frames, groups }: Alphabet): string[] {
  return [
    `-D${profile}`,
    ...without.map((name) => `-DNO_${name}`),
    ...groups.map((group) => `-D${group.toUpperCase()}`),
    `-DTHREADS=${threads}`,
    `-DKEPT=${frames}`,
  ];
}

/** Reads one line "OUTCOME operation a b before return after broken" of observe.h. */
function readOutcome(line: string): Outcome {
  const [operation, a, b, before, ret, after, broken] = line.split(' ').slice(1).map(Number);
  return {
    step: STEPS[operation](a, b),
    before: before === 1 ? 0 : 3,
    ret: RETURNS[ret],
    broken: bitsOf(broken),
    after: MODES[after],
  };
}

/** Number in a line of the verifier's report. Throws with the report when it is missing. */
function numberIn(report: string, pattern: RegExp): number {
  const found = pattern.exec(report);
  if (found === null) throw new Error(`the verifier did not say ${pattern.source}:\n${report}`);
  return Number(found[1]);
}

function readReport(report: string): Opinion {
  const outcomes = report.split('\n').filter((line) => line.startsWith('OUTCOME '));
  const errors = numberIn(report, /errors: (\d+)/);
  if (errors > 0) throw new Error(`the verifier found ${errors} errors of the model itself:\n${report}`);
  const cut = /max search depth too small|Search not completed|out of memory|memory limit/.test(report);
  return opinionOf(outcomes.map(readOutcome), {
    states: numberIn(report, /(\d+) states, stored/),
    seconds: numberIn(report, /elapsed time ([\d.]+) seconds/),
    complete: !cut,
  });
}

/** Generates, compiles and runs the verifier in a folder of its own, and returns what it prints. */
function verify(switches: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'second-opinion-'));
  try {
    for (const name of readdirSync(import.meta.dirname).filter((file) => /\.(pml|h)$/.test(file)))
      cpSync(join(import.meta.dirname, name), join(folder, name));
    const run = (program: string, ...args: readonly string[]): string =>
      execFileSync(program, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26, stdio: 'pipe' });
    run('spin', '-a', ...switches, 'model.pml');
    run('cc', '-O1', '-w', '-DSAFETY', '-DNOREDUCE', `-DMEMLIM=${MEMORY_MB}`, '-o', 'pan', 'pan.c');
    return run('./pan', '-E', `-m${DEPTH}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Spin's model reaches under a policy. Throws when a tool fails or the model itself is at fault. */
export function askSpin(policy: Policy, alphabet: Alphabet): Opinion {
  return readReport(verify(switchesOf(policy, alphabet)));
}
