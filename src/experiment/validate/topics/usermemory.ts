import type { Pattern } from '../pattern.ts';
import { QUIET, scaled, sized, type Scenario } from '../scenario.ts';

/** What the operations of this topic do over and over in one round. */
const TIMES = 8;

const eighth = (operation: string, param: string, doc: string): Scenario => ({
  doc,
  tolerance: QUIET,
  time: ({ ask }, [size = 1]) => scaled(ask(operation, { isAlike: true, params: { [param]: size } }), 1 / TIMES),
});

/** Loads and stores of programs, and pages that change under them. */
export const userMemoryScenarios = {
  touch: eighth('touch', 'pages', 'a line of each of so many pages written'),
  'user-copy': eighth('user-copy', 'bytes', 'bytes copied from user memory to user memory'),
  'mprotect-touch': sized('mprotect-touch', 'pages', 'pages made read-only and writable again, then each written to'),
} as const satisfies Record<string, Scenario>;

/** Metrics of this topic, as suites spell them. */
export const userMemoryPatterns: readonly Pattern[] = [
  { match: /mprotect\D*(\d+) ?pages?.*touch/i, scenario: 'mprotect-touch' },
  { match: /touch\D*(\d+) ?pages?/i, scenario: 'touch' },
  { match: /(?:memcpy|bcopy|user.?copy)\D*(\d+ ?k?b)\b/i, scenario: 'user-copy' },
  { match: /enosys|invalid syscall|unknown call/i, scenario: 'null-call', args: [] },
  { match: /ping.?pong.*pipe.*thread.*cross/i, scenario: 'pipe-cross', args: [] },
];
