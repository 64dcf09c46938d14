import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys, work } from '../../../test/model/toysystem.ts';
import {
  EAGAIN,
  EBADF,
  EEXIST,
  EINTR,
  EINVAL,
  ENOENT,
  EPIPE,
  ESRCH,
  ETIMEDOUT,
  type FileSpec,
  type Program,
  type ThreadEnv,
} from '../abi.ts';
import { EpollFlag } from './epoll.ts';
import { PollEvent } from './file.ts';

/** The clock runs at 1 GHz. */
const MS = 1e6;
const PAGE = 4096;
type Steps = Generator<void, void, number>;

/** Runs programs, a thread each, and gives what they logged, in the order of simulated time. */
function logOf(
  programs: readonly ((env: ThreadEnv, log: (entry: unknown) => void) => Steps)[],
  files: readonly FileSpec[],
  cores = 1,
) {
  const entries: { at: number; entry: unknown }[] = [];
  const asProgram =
    (body: (typeof programs)[number]): Program =>
    (env) =>
      body(env, (entry) => entries.push({ at: env.now(), entry }));
  bootToy([processOf(programs.map(asProgram), { files, dataPages: 64 })], { cores }).engine.runUntil(20 * MS);
  return entries.toSorted((a, b) => a.at - b.at);
}
const entriesOf = (log: ReturnType<typeof logOf>): unknown[] => log.map(({ entry }) => entry);

const pipe = (nonblocking = false): readonly FileSpec[] => [
  { kind: 'pipe', id: 0, end: 0, nonblocking },
  { kind: 'pipe', id: 0, end: 1, nonblocking },
];
const [READ, WRITE] = [0, 1];

describe('a pipe', () => {
  it('holds 64 KiB: the 17th page of a writer waits until a reader has taken one', () => {
    const log = logOf(
      [
        function* (env, log) {
          for (let page = 1; page <= 17; page++) log(['wrote', page, yield* sys(env, 'write', WRITE, PAGE)]);
        },
        function* (env, log) {
          yield* work(env, 'native', 3 * MS);
          log(['reads']);
          yield* sys(env, 'read', READ, PAGE);
        },
      ],
      pipe(),
    );

    expect(entriesOf(log).slice(15)).toEqual([['wrote', 16, PAGE], ['reads'], ['wrote', 17, PAGE]]);
  });

  it('takes 60 KiB of a nonblocking writer, then as much as there is room for of a larger write, then EAGAIN', () => {
    const log = logOf(
      [
        function* (env, log) {
          for (const bytes of [61_440, 8192, 1]) log(yield* sys(env, 'write', WRITE, bytes));
        },
      ],
      pipe(true),
    );

    expect(entriesOf(log)).toEqual([61_440, 4096, -EAGAIN]);
  });

  it('writes 4096 bytes whole or not at all: with room for 4095 a nonblocking writer gets EAGAIN', () => {
    const log = logOf(
      [
        function* (env, log) {
          for (const bytes of [61_441, PAGE, 4095]) log(yield* sys(env, 'write', WRITE, bytes));
        },
      ],
      pipe(true),
    );

    expect(entriesOf(log)).toEqual([61_441, -EAGAIN, 4095]);
  });

  it('passes 200 KiB of one write to a slow reader: the writer returns once, with all of it', () => {
    const bytes = 204_800;
    const log = logOf(
      [
        function* (env, log) {
          log(['wrote', yield* sys(env, 'write', WRITE, bytes)]);
        },
        function* (env, log) {
          for (let left = bytes; left > 0;) left -= yield* sys(env, 'read', READ, 10_000);
          log(['read all']);
        },
      ],
      pipe(),
    );

    expect(entriesOf(log)).toHaveLength(2);
    expect(entriesOf(log)).toEqual(expect.arrayContaining([['wrote', bytes], ['read all']]));
  });

  it('whose writer is closed gives what is left, then 0; whose reader is closed answers EPIPE', () => {
    const log = logOf(
      [
        function* (env, log) {
          yield* sys(env, 'write', WRITE, 5);
          yield* sys(env, 'close', WRITE);
          log(yield* sys(env, 'read', READ, 100));
          log(yield* sys(env, 'read', READ, 100));
          log(yield* sys(env, 'close', READ));
        },
      ],
      pipe(),
    );
    const broken = logOf(
      [
        function* (env, log) {
          yield* sys(env, 'close', READ);
          log(yield* sys(env, 'write', WRITE, 1));
        },
      ],
      pipe(),
    );

    expect(entriesOf(log)).toEqual([5, 0, 0]);
    expect(entriesOf(broken)).toEqual([-EPIPE]);
  });
});

/** A thread that calls once and logs what came of it. */
const once = (name: 'read' | 'write', fd: number, bytes: number) =>
  function* (env: ThreadEnv, log: (entry: unknown) => void): Steps {
    log(yield* sys(env, name, fd, bytes));
  };

describe('two threads asleep at the same end of a pipe', () => {
  it('both get a byte of a write of two: the first leaves one, and wakes the second for it', () => {
    const log = logOf(
      [
        once('read', READ, 1),
        once('read', READ, 1),
        function* (env) {
          yield* sys(env, 'nanosleep', 1000);
          yield* sys(env, 'write', WRITE, 2);
        },
      ],
      pipe(),
    );

    expect(entriesOf(log)).toEqual([1, 1]);
  });

  it('both find room for a page when a reader has made room for four at once', () => {
    const log = logOf(
      [
        function* (env) {
          yield* sys(env, 'write', WRITE, 16 * PAGE);
          yield* sys(env, 'nanosleep', 1000);
          yield* sys(env, 'read', READ, 4 * PAGE);
        },
        once('write', WRITE, PAGE),
        once('write', WRITE, PAGE),
      ],
      pipe(),
    );

    expect(entriesOf(log)).toEqual([PAGE, PAGE]);
  });

  it('both see its end when the other end is closed', () => {
    const closing = (fd: number) =>
      function* (env: ThreadEnv): Steps {
        yield* sys(env, 'write', WRITE, fd === READ ? 16 * PAGE : 0);
        yield* sys(env, 'nanosleep', 1000);
        yield* sys(env, 'close', fd);
      };
    const readers = logOf([closing(WRITE), once('read', READ, 1), once('read', READ, 1)], pipe());
    const writers = logOf([closing(READ), once('write', WRITE, 1), once('write', WRITE, 1)], pipe());

    expect(entriesOf(readers)).toEqual([0, 0]);
    expect(entriesOf(writers)).toEqual([-EPIPE, -EPIPE]);
  });
});

describe('a stream socket', () => {
  it.each([
    ['unix', 212_992],
    ['tcp', 131_072],
  ] as const)('of kind %s holds back a writer after %i bytes until the other end reads', (kind, capacity) => {
    const files: readonly FileSpec[] = [
      { kind, id: 0, end: 0 },
      { kind, id: 0, end: 1 },
    ];
    const log = logOf(
      [
        function* (env, log) {
          log(['sent', yield* sys(env, 'sendto', 0, capacity)]);
          log(['sent', yield* sys(env, 'sendto', 0, 1)]);
        },
        function* (env, log) {
          yield* work(env, 'native', 8 * MS);
          log(['reads']);
          yield* sys(env, 'recvfrom', 1, 50);
        },
      ],
      files,
    );

    expect(entriesOf(log)).toEqual([['sent', capacity], ['reads'], ['sent', 1]]);
  });

  it('carries both directions at once: each end reads what the other wrote', () => {
    const log = logOf(
      [
        function* (env, log) {
          yield* sys(env, 'write', 0, 10);
          yield* sys(env, 'write', 1, 20);
          log(yield* sys(env, 'read', 0, 100));
          log(yield* sys(env, 'read', 1, 100));
        },
      ],
      [
        { kind: 'unix', id: 0, end: 0 },
        { kind: 'unix', id: 0, end: 1 },
      ],
    );

    expect(entriesOf(log)).toEqual([20, 10]);
  });

  it('is made by connect and accept: the acceptor waits until somebody connects', () => {
    const log = logOf(
      [
        function* (env, log) {
          const listener = yield* sys(env, 'socket');
          log(['listens at', listener]);
          const fd = yield* sys(env, 'accept4', listener);
          log(['accepted', fd]);
          log(['read', yield* sys(env, 'read', fd, 100)]);
        },
        function* (env, log) {
          yield* work(env, 'native', MS);
          log(['connects']);
          yield* sys(env, 'write', yield* sys(env, 'connect', 0), 7);
        },
      ],
      [],
    );

    expect(entriesOf(log)).toEqual([['listens at', 0], ['connects'], ['accepted', 2], ['read', 7]]);
  });
});

const [EPOLL, COUNTER] = [0, 1];
const watched: readonly FileSpec[] = [{ kind: 'epoll' }, { kind: 'eventfd' }];

/** What the waits of one thread report of a file that it watches for `events`, a counter or the descriptors of an end and its peer. */
const reports = (events: number, files = watched, [seen, told] = [COUNTER, COUNTER]): unknown[] =>
  entriesOf(
    logOf(
      [
        function* (env, log) {
          yield* sys(env, 'epoll_add', EPOLL, seen, events);
          yield* sys(env, 'write', told, 8);
          for (let i = 0; i < 3; i++) log(yield* sys(env, 'epoll_wait', EPOLL, 16, 0));
          yield* sys(env, 'write', told, 8);
          log(yield* sys(env, 'epoll_wait', EPOLL, 16, 0));
          yield* sys(env, 'epoll_mod', EPOLL, seen, events);
          log(yield* sys(env, 'epoll_wait', EPOLL, 16, 0));
        },
      ],
      files,
    ),
  );

const watcher = function* (env: ThreadEnv, log: (entry: unknown) => void): Steps {
  log(yield* sys(env, 'epoll_wait', EPOLL, 16, -1));
};

describe('epoll', () => {
  it('reports a counter that is never read again and again when level-triggered', () => {
    expect(reports(PollEvent.In)).toEqual([1, 1, 1, 1, 1]);
  });

  it('reports it once for each write when edge-triggered, and once more when the interest is modified', () => {
    expect(reports(PollEvent.In | EpollFlag.EdgeTriggered)).toEqual([1, 0, 0, 1, 1]);
  });

  it.each(['pipe', 'unix', 'tcp'] as const)('reports a %s once for each write too, though nothing is read', (kind) => {
    const files: readonly FileSpec[] = [{ kind: 'epoll' }, { kind, id: 0, end: 0 }, { kind, id: 0, end: 1 }];
    expect(reports(PollEvent.In | EpollFlag.EdgeTriggered, files, [1, 2])).toEqual([1, 0, 0, 1, 1]);
  });

  it.each([
    [PollEvent.In, [1, 1]],
    [PollEvent.In | EpollFlag.EdgeTriggered, [1]],
  ])(
    'with events %i one write to a counter that is not read has so many of two waiters at one instance return: %j',
    (events, woken) => {
      const writer = function* (env: ThreadEnv): Steps {
        yield* sys(env, 'epoll_add', EPOLL, COUNTER, events);
        yield* sys(env, 'nanosleep', 1000);
        yield* sys(env, 'write', COUNTER, 8);
      };

      expect(entriesOf(logOf([watcher, watcher, writer], watched))).toEqual(woken);
    },
  );

  it('refuses a descriptor that it watches already with EEXIST, one that it does not watch with ENOENT, and what is no epoll instance with EINVAL', () => {
    const log = logOf(
      [
        function* (env, log) {
          yield* sys(env, 'epoll_add', EPOLL, COUNTER, PollEvent.In);
          log(yield* sys(env, 'epoll_add', EPOLL, COUNTER, PollEvent.In));
          yield* sys(env, 'epoll_del', EPOLL, COUNTER);
          log(yield* sys(env, 'epoll_del', EPOLL, COUNTER));
          log(yield* sys(env, 'epoll_mod', EPOLL, COUNTER, PollEvent.In));
          log(yield* sys(env, 'epoll_wait', COUNTER, 1, 0));
          log(yield* sys(env, 'epoll_wait', 7, 1, 0));
        },
      ],
      watched,
    );

    expect(entriesOf(log)).toEqual([-EEXIST, -ENOENT, -ENOENT, -EINVAL, -EBADF]);
  });

  it('reports it once when one-shot, and again only after the interest is modified', () => {
    expect(reports(PollEvent.In | EpollFlag.OneShot)).toEqual([1, 0, 0, 0, 1]);
  });

  it.each([
    [PollEvent.In, [1, 1, 1]],
    [PollEvent.In | EpollFlag.Exclusive, [1]],
  ])('with events %i wakes so many of three waiters on three instances that watch one counter: %j', (events, woken) => {
    const waiter = (fd: number) =>
      function* (env: ThreadEnv, log: (entry: unknown) => void): Steps {
        yield* sys(env, 'epoll_add', fd, 3, events);
        log(yield* sys(env, 'epoll_wait', fd, 16, -1));
      };
    const log = logOf(
      [
        ...[0, 1, 2].map(waiter),
        function* (env) {
          yield* work(env, 'native', 5 * MS);
          yield* sys(env, 'write', 3, 8);
        },
      ],
      [{ kind: 'epoll' }, { kind: 'epoll' }, { kind: 'epoll' }, { kind: 'eventfd' }],
    );

    expect(entriesOf(log)).toEqual(woken);
  });

  it('tells of room: a full pipe becomes writable when a page is read', () => {
    const log = logOf(
      [
        function* (env, log) {
          yield* sys(env, 'epoll_add', 0, 2, PollEvent.Out);
          yield* sys(env, 'write', 2, 65_536);
          log(yield* sys(env, 'epoll_wait', 0, 16, 0));
          yield* sys(env, 'read', 1, PAGE);
          log(yield* sys(env, 'epoll_wait', 0, 16, 0));
        },
      ],
      [{ kind: 'epoll' }, ...pipe()],
    );

    expect(entriesOf(log)).toEqual([0, 1]);
  });

  it('gives up after its timeout: 2 ms, and not before', () => {
    const [before, after] = logOf(
      [
        function* (env, log) {
          log('asks');
          log(yield* sys(env, 'epoll_wait', EPOLL, 16, 2));
        },
      ],
      watched,
    );

    expect(after.entry).toBe(0);
    expect(after.at - before.at).toBeGreaterThanOrEqual(2 * MS);
    expect(after.at - before.at).toBeLessThan(2.2 * MS);
  });
});

describe('poll and select', () => {
  it.each(['poll', 'select'] as const)('%s counts readable descriptors, and sleeps until one is', (name) => {
    const log = logOf(
      [
        function* (env, log) {
          log(yield* sys(env, name, 0, 2, 0));
          log(yield* sys(env, name, 0, 2, -1));
          yield* sys(env, 'write', 1, 8);
          log(yield* sys(env, name, 0, 2, -1));
        },
        function* (env) {
          yield* work(env, 'native', MS);
          yield* sys(env, 'write', 0, 8);
        },
      ],
      [{ kind: 'eventfd' }, { kind: 'eventfd' }],
    );

    expect(entriesOf(log)).toEqual([0, 1, 2]);
  });
});

const polling: Program = function* (env) {
  for (let i = 0; i < 9; i++) yield* sys(env, 'poll', 0, 2, 1);
  yield* sys(env, 'poll', 0, 2, -1);
};
const signalling: Program = function* (env) {
  yield* sys(env, 'nanosleep', 15_000);
  yield* sys(env, 'tgkill', 1);
};

describe('a poll that ends by its timeout or by a signal', () => {
  it('leaves no watcher behind on the files that it watched: after 10 of them there is none', () => {
    const { engine, processes } = bootToy([processOf([polling, signalling], { files: pipe() })]);
    const watchers = (): (number | undefined)[] => processes[0].files.map((file) => file?.watchers.size);

    engine.runUntil(14 * MS);
    expect(watchers()).toEqual([1, 1]);
    engine.runUntil(18 * MS);
    expect(watchers()).toEqual([0, 0]);
  });
});

describe('timers', () => {
  it('end a nanosleep of 500 us after 500 us, beside other work of the core', () => {
    const [before, after] = logOf(
      [
        function* (env, log) {
          log('sleeps');
          log(yield* sys(env, 'nanosleep', 500));
        },
      ],
      [],
    );

    expect(after.entry).toBe(0);
    expect(after.at - before.at).toBeGreaterThanOrEqual(0.5 * MS);
    expect(after.at - before.at).toBeLessThan(0.6 * MS);
  });

  it('make a timerfd readable once, after its time; a new setting takes the place of the old one', () => {
    const log = logOf(
      [
        function* (env, log) {
          const fd = yield* sys(env, 'timerfd_create');
          yield* sys(env, 'timerfd_settime', fd, 100);
          yield* sys(env, 'timerfd_settime', fd, 1000);
          yield* sys(env, 'nanosleep', 500);
          log(yield* sys(env, 'read', fd, 8));
          yield* sys(env, 'nanosleep', 1000);
          log(yield* sys(env, 'read', fd, 8));
          log(yield* sys(env, 'read', fd, 8));
        },
      ],
      [],
    );

    expect(entriesOf(log)).toEqual([-EAGAIN, 8, -EAGAIN]);
  });
});

const waiter = function* (env: ThreadEnv, log: (entry: unknown) => void): Steps {
  yield* sys(env, 'futex_wait', 0, 0);
  log('woken');
};

const owner = function* (env: ThreadEnv, log: (entry: unknown) => void): Steps {
  for (let turn = 0; turn < 3; turn++) {
    yield* sys(env, 'futex_lock_pi', 0);
    log(env.words[0]);
    yield* work(env, 'native', 0.1 * MS);
    yield* sys(env, 'futex_unlock_pi', 0);
  }
};

describe('futexes', () => {
  it('time out with ETIMEDOUT', () => {
    const [result] = logOf(
      [
        function* (env, log) {
          log(yield* sys(env, 'futex_wait', 0, 0, 300));
        },
      ],
      [],
    );

    expect(result.entry).toBe(-ETIMEDOUT);
    expect(result.at).toBeGreaterThan(0.3 * MS);
  });

  it('requeue wakes one of four waiters and moves two of the others, whom a wake of the second word then finds', () => {
    const log = logOf(
      [
        waiter,
        waiter,
        waiter,
        waiter,
        function* (env, log) {
          yield* work(env, 'native', 5 * MS);
          log(['requeued', yield* sys(env, 'futex_requeue', 0, 1, 2)]);
          log(['second word', yield* sys(env, 'futex_wake', 1, 10)]);
          log(['first word', yield* sys(env, 'futex_wake', 0, 10)]);
        },
      ],
      [],
    );

    expect(entriesOf(log).filter((entry) => entry !== 'woken')).toEqual([
      ['requeued', 3],
      ['second word', 2],
      ['first word', 1],
    ]);
    expect(entriesOf(log).filter((entry) => entry === 'woken')).toHaveLength(4);
  });

  it('with priority inheritance hand the word from owner to waiter: nobody else gets it in between', () => {
    const holders = entriesOf(logOf([owner, owner], [], 2));

    expect(holders).toHaveLength(6);
    expect(new Set(holders)).toEqual(new Set([1, 2]));
  });
});

describe('signals', () => {
  it('end the sleep of another thread with EINTR', () => {
    const log = logOf(
      [
        function* (env, log) {
          log(yield* sys(env, 'read', READ, 1));
        },
        function* (env) {
          yield* work(env, 'native', MS);
          yield* sys(env, 'tgkill', 1);
        },
      ],
      pipe(),
    );

    expect(entriesOf(log)).toEqual([-EINTR]);
  });

  it('end a write that has filled a pipe with what it has written so far', () => {
    const log = logOf(
      [
        once('write', WRITE, 30 * PAGE),
        function* (env) {
          yield* work(env, 'native', MS);
          yield* sys(env, 'tgkill', 1);
        },
      ],
      pipe(),
    );

    expect(entriesOf(log)).toEqual([16 * PAGE]);
  });

  it('to a thread that there is not are ESRCH', () => {
    const log = logOf(
      [
        function* (env, log) {
          log(yield* sys(env, 'tgkill', 77));
        },
      ],
      [],
    );

    expect(entriesOf(log)).toEqual([-ESRCH]);
  });
});
