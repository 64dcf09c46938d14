import type { Cycles } from './units.ts';

/** Where a bug showed itself: the component's name and the simulated time. */
export interface BugSite {
  readonly component?: string;
  readonly time?: Cycles;
}

/** A bug of ours, never a fault of a simulated program; its message names component, time and numbers. The run is aborted. */
export class SimulationBug extends Error {
  override readonly name: string = 'SimulationBug';

  constructor(message: string, site: BugSite = {}) {
    super(`${siteText(site)}${message}`);
  }
}

/** Simulated time stood still for too many events; `states` holds what every handler said about itself. */
export class StallError extends SimulationBug {
  override readonly name: string = 'StallError';
  readonly states: readonly string[];

  constructor(time: Cycles, events: number, states: readonly string[]) {
    super([`time stood still for ${events} events`, ...states.map((state) => `  ${state}`)].join('\n'), { time });
    this.states = states;
  }
}

/** One mistake of the experimenter: where, what, the value given, what is allowed and the nearest valid name. */
export interface Problem {
  readonly file?: string | undefined;
  /** Counted from 1. */
  readonly line?: number | undefined;
  /** Counted from 1. */
  readonly column?: number | undefined;
  /** Dotted path of the key, such as `config.machine`. */
  readonly path: string;
  readonly value?: unknown;
  readonly message: string;
  /** The valid values, or a sentence such as `an integer from 1 to 64`. */
  readonly allowed?: string | readonly unknown[] | undefined;
  readonly nearest?: string | undefined;
}

/** All mistakes of one input, listed at once before any run starts. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(problemText).join('\n'));
    this.problems = problems;
  }
}

/** `file:line:col path: message (got ..., allowed ..., did you mean ...)`; parts that are unknown are left out. */
export function problemText(problem: Problem): string {
  const { file, line, column, path, message } = problem;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const where = [place, path].filter((part) => part !== '').join(' ');
  const notes = noteTexts(problem);
  return `${where === '' ? '' : `${where}: `}${message}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

/** Throws SimulationBug unless `condition` holds. Not for hot loops when the message must be built. */
export function invariant(condition: boolean, message: string, site?: BugSite): asserts condition {
  if (!condition) throw new SimulationBug(message, site);
}

function siteText({ component, time }: BugSite): string {
  const parts = [component, time === undefined ? undefined : `at ${time}`].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `${parts.join(' ')}: `;
}

function noteTexts({ value, allowed, nearest }: Problem): string[] {
  const notes: string[] = [];
  if (value !== undefined) notes.push(`got ${valueText(value)}`);
  if (allowed !== undefined) notes.push(`allowed ${typeof allowed === 'string' ? allowed : allowed.join(' | ')}`);
  if (nearest !== undefined) notes.push(`did you mean ${nearest}?`);
  return notes;
}

function valueText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : (JSON.stringify(value) ?? String(value));
}
