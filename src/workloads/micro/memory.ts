import { LINE_BYTES, LINES_PER_PAGE, PAGE_BYTES } from '../../sim/units.ts';
import { only, type MicroProgram, type Operation, type Sizes } from './operation.ts';
import type { Steps } from './step.ts';

/** Work between two points at which a thread that spins can be interrupted. */
const SPIN_INSTRUCTIONS = 1000;
const WORD = 0;
/** Most pages by which a stack grows, 1 MiB: the stack of a Java thread. */
const STACK_PAGES = 256;

/** How often what takes less than the clock shows is done in one operation. */
const TOUCHES = 8;
/** A copy in user memory: a load and a store for 32 bytes, as AVX has them, and a call with its tests of the size; assumed. */
const COPY_BYTES = 32;
const COPY_INSTRUCTIONS = 20;
/** Least pages between what is copied and its copy. */
const COPY_PAGES = 128;
const STEP_INSTRUCTIONS = 4;
/** Work between two writes of a shared line. */
const WRITE_INSTRUCTIONS = 100;
/** Stores that are handed to the core together. */
const AT_ONCE = 16;

/** Pages of one side of a copy in user memory. */
function copyPages({ bytes }: Sizes): number {
  return Math.max(COPY_PAGES, Math.ceil(bytes / PAGE_BYTES));
}

/** Writes the first line of each page, all of which lie in one set of most first levels: a store, a step, a comparison and a branch. */
function* touchPages(t: Steps, first: number, pages: number): Generator<void, void, number> {
  yield* t.work(pages * STEP_INSTRUCTIONS);
  for (let i = 0; i < pages; i += AT_ONCE) yield* t.touchEach(first + i, Math.min(AT_ONCE, pages - i));
}

/** Runs without end, to be interrupted. */
const SPINNING: MicroProgram = { loop: (t) => t.work(SPIN_INSTRUCTIONS) };

/** Writes a line of memory that all threads see and works a little; `own` keeps the threads apart by so many lines. */
function writing(own: number): MicroProgram['loop'] {
  return function* (t) {
    yield* t.touch(t.env.lineOf('set') + own, 1, true);
    yield* t.work(WRITE_INSTRUCTIONS);
  };
}

/** Two threads write to a line each, which is the same one for a distance of 0. */
function sharing(doc: string, distance: number): Operation {
  return { doc, measured: { loop: writing(0) }, threads: () => [{ loop: writing(distance) }] };
}

/** Faults, mappings and processes. */
export const memoryOperations = {
  'line-shared': sharing(
    'write to a line to which another thread writes as well: false sharing on two cores; to the cycle with syncWindow: 0',
    0,
  ),
  'line-own': sharing('write to a line of its own while another thread writes to the next but one', 2),
  'page-fault': only('first write to fresh pages, mapped and unmapped again; timed by page', function* (t, { pages }) {
    const first = yield* t.sys('mmap', pages);
    for (let i = 0; i < pages; i++) yield* t.touch((first + i) * LINES_PER_PAGE, 1, true);
    yield* t.sys('munmap', first, pages);
  }),
  'stack-growth': only(
    'first write to so many pages of a stack that were given back before; timed together',
    function* (t, { pages }) {
      const stack = t.env.lineOf('buffer');
      const depth = Math.max(1, Math.min(pages, STACK_PAGES));
      yield* t.sys('madvise', Math.floor(stack / LINES_PER_PAGE), depth);
      for (let i = 0; i < depth; i++) yield* t.touch(stack + i * LINES_PER_PAGE, 1, true);
    },
  ),
  'protection-fault': {
    doc: 'write to a page that may only be read, with the handler of its signal; at CPL 0 without FAULTC it ends the thread',
    measured: {
      prepare: function* (t) {
        yield* t.sys('rt_sigaction');
        const page = yield* t.sys('mmap', 1, 1);
        yield* t.sys('mprotect', page, 1, 0);
        return page;
      },
      loop: function* (t, _sizes, page) {
        yield* t.touch(Number(page) * LINES_PER_PAGE, 1, true);
        yield* t.sys('rt_sigreturn');
      },
    },
  },
  mmap: only('mmap and munmap of untouched pages', function* (t, { pages }) {
    yield* t.sys('munmap', yield* t.sys('mmap', pages), pages);
  }),
  'mmap-call': {
    doc: 'mmap alone of untouched pages, which nobody gives back',
    measured: {
      loop: (t, { pages }) => t.sys('mmap', pages),
    },
  },
  mprotect: {
    doc: 'pages made read-only and writable again',
    measured: {
      prepare: (t, { pages }) => t.sys('mmap', pages, 1),
      loop: function* (t, { pages }, first) {
        yield* t.sys('mprotect', Number(first), pages, 0);
        yield* t.sys('mprotect', Number(first), pages, 1);
      },
    },
  },
  'mprotect-touch': {
    doc: 'pages made read-only and writable again, then each written to',
    measured: {
      prepare: (t, { pages }) => t.sys('mmap', pages, 1),
      loop: function* (t, { pages }, first) {
        yield* t.sys('mprotect', Number(first), pages, 0);
        yield* t.sys('mprotect', Number(first), pages, 1);
        yield* touchPages(t, Number(first), pages);
      },
    },
  },
  touch: {
    doc: 'the first line of each of so many pages written, eight times over',
    measured: {
      prepare: (t, { pages }) => t.sys('mmap', pages, 1),
      loop: function* (t, { pages }, first) {
        for (let i = 0; i < TOUCHES; i++) yield* touchPages(t, Number(first), pages);
      },
    },
  },
  'user-copy': {
    ...only('bytes copied from user memory to user memory, eight times over', function* (t, sizes) {
      const { bytes } = sizes;
      const [lines, from] = [Math.ceil(bytes / LINE_BYTES), t.env.lineOf('buffer')];
      const to = from + copyPages(sizes) * LINES_PER_PAGE;
      for (let i = 0; i < TOUCHES; i++) {
        yield* t.work(COPY_INSTRUCTIONS + Math.ceil(bytes / COPY_BYTES) * 2);
        yield* t.touch(from, lines, false);
        yield* t.touch(to, lines, true);
      }
    }),
    bufferPages: (sizes) => 2 * copyPages(sizes),
  },
  shootdown: {
    doc: 'pages made read-only and writable again while other threads of the process run',
    measured: {
      prepare: (t, { pages }) => t.sys('mmap', pages, 1),
      loop: function* (t, { pages }, first) {
        yield* t.sys('mprotect', Number(first), pages, 0);
        yield* t.sys('mprotect', Number(first), pages, 1);
      },
    },
    threads: ({ processes }) => Array.from({ length: processes - 1 }, () => SPINNING),
  },
  'membarrier-peer': {
    doc: 'membarrier while another thread of the process runs',
    measured: { loop: (t) => t.sys('membarrier') },
    threads: () => [SPINNING],
  },
  thread: {
    doc: 'a thread created and joined',
    measured: {
      loop: function* (t) {
        t.env.words[WORD] = 0;
        yield* t.sys('clone', 0);
        while (t.env.words[WORD] === 0) yield* t.sys('futex_wait', WORD, 0);
      },
    },
    children: [
      function* (t) {
        t.env.words[WORD] = 1;
        yield* t.sys('futex_wake', WORD, 1);
        yield* t.sys('exit');
      },
    ],
  },
  fork: forking('a process forked, ended and collected', []),
  exec: forking('a process forked that executes another program, ended and collected', ['execve']),
  shell: forking('a program started through the shell: two forks, two programs, and the start of the shell itself', [
    'execve',
    startShell,
    'fork',
    'execve',
  ]),
} as const satisfies Record<string, Operation>;

/** Libraries, caches and locales that a shell maps when it begins, and pages that it touches. Assumed: bash of 2005 with 5 libraries and a locale. */
const SHELL_FILES = 12;
const SHELL_PAGES = 400;
/**
 * Instructions of its own that a shell runs before its command: relocation, locale, environment, start-up of its tables. Chosen so that `shell` takes
 * the 9.4 ms of lmbench on northwood (Nagar, linux-kernel 2006), which is fitted by it.
 */
const SHELL_INSTRUCTIONS = 14_000_000;

/** What a shell does between its begin and its command. */
function* startShell(t: Steps): Generator<void, void, number> {
  for (let file = 0; file < SHELL_FILES; file++) {
    const fd = yield* t.sys('openat', 1);
    yield* t.sys('read', fd, 512);
    yield* t.sys('fstat', fd);
    yield* t.sys('mmap', 1);
    yield* t.sys('close', fd);
  }
  const first = yield* t.sys('mmap', SHELL_PAGES);
  for (let page = 0; page < SHELL_PAGES; page++) yield* t.touch((first + page) * LINES_PER_PAGE, 1, true);
  yield* t.work(SHELL_INSTRUCTIONS);
}

/** A process that takes these steps before it ends. The shell waits for its own child. */
function forking(doc: string, steps: readonly ('execve' | 'fork' | typeof startShell)[]): Operation {
  return {
    doc,
    measured: {
      loop: function* (t) {
        yield* t.sys('fork', 0);
        yield* t.sys('wait4');
      },
    },
    children: [
      function* (t) {
        for (const step of steps) {
          if (typeof step === 'function') yield* step(t);
          else yield* t.sys(step, 1);
          if (step === 'fork') yield* t.sys('wait4');
        }
        yield* t.sys('exit_group');
      },
      (t) => t.sys('exit_group'),
    ],
  };
}
