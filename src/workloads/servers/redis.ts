import type { Application, BuildContext, FileSpec, ThreadEnv } from '../../kernel/abi.ts';
import recording from '../recorded/redis.json' with { type: 'json' };
import type { RecordedModel } from '../recorded/model.ts';
import { RecordedRole } from '../recordedserver.ts';
import type { RoleScript } from '../server.ts';
import type { Params, Workload } from '../workload.ts';
import { Front } from './parts/front.ts';
import { ReadsAndWrites } from './parts/operations.ts';
import { SERVER_PARAMS } from './parts/params.ts';
import { nativeProcess, type Actor } from './parts/process.ts';
import { Service } from './parts/service.ts';
import { choice, integer, number } from './parts/spec.ts';
import { stated, type Work } from './parts/stated.ts';
import { Store } from './parts/store.ts';
import { syncEvery } from './parts/syncer.ts';
import { Talk } from './parts/talk.ts';

const RECORDED = new RecordedRole(recording as unknown as RecordedModel, 'event-loop');
const Fd = { Epoll: 0, Log: 1, First: 2 } as const;
/** Pages that the append-only file uses round and round. Assumed. */
const LOG_PAGES = 4096;
const MAX_EVENTS = 1024;
const WAIT_FOREVER = -1;
/** Protocol of GET and SET with keys of 16 bytes, as redis-benchmark sends them. */
const MESSAGES = { readRequest: 36, readReply: 6, writeRequest: 42, writeReply: 5 };
/** What was recorded between a read and its write is the command and the reply: halved between them, which is assumed. */
const REPLY_SHARE = 0.5;

/** redis: one native thread that reads all ready clients, executes their commands, then answers them. User work as recorded. */
export const redis: Workload = {
  name: 'redis',
  doc: 'redis: a single native thread; epoll_wait, a read for each ready client, then a write to each (beforeSleep); user work as recorded',
  params: {
    ...SERVER_PARAMS,
    readShare: number(0.9, [0, 1], 'share', 'Share of GET among GET and SET; assumed, as of read-mostly caches'),
    valueBytes: integer(3, [1, 16_000], 'bytes', 'Mean size of values; 3 is the default of redis-benchmark'),
    items: integer(100_000, [1, 1_000_000], 'count', 'Keys in memory; those beyond 64 MiB share lines'),
    pipeline: integer(1, [1, 32], 'requests', 'Requests that a client sends together (redis-benchmark -P)'),
    appendOnly: choice(
      ['no', 'everysec', 'always'],
      'Append-only file: none; written in each turn and synced by another thread every second; or synced before replies',
    ),
    syncMs: number(1000, [0.1, 1e6], 'ms', 'Time between two syncs of that thread (appendOnly: everysec)'),
  },
  build,
};

interface Own {
  readonly service: Service;
  readonly front: Front;
  readonly operations: ReadsAndWrites;
  readonly store: Store;
  readonly batch: number;
  readonly appendOnly: string;
}

function build(context: BuildContext, params: Params): Application {
  const operations = new ReadsAndWrites(context, params, MESSAGES);
  const [items, batch] = [Number(params['items']), Number(params['pipeline'])];
  const service = new Service(context, params, { requestBytes: 0, items, batch, sizes: operations });
  const front = new Front(service.transport, Fd.First, service.connections, true);
  const store = new Store(items, Number(params['valueBytes']));
  const appendOnly = String(params['appendOnly']);
  const own: Own = { service, front, operations, store, batch, appendOnly };
  const work = stated(workOf());
  const actors: Actor[] = [{ name: 'redis-server', work, run: (env, role) => run(env, role, own) }];
  if (appendOnly === 'everysec')
    actors.push({ name: 'bio_aof', work, run: (_env, role) => syncEvery(role, Fd.Log, Number(params['syncMs'])) });
  const files: FileSpec[] = [{ kind: 'epoll' }, { kind: 'disk', pages: LOG_PAGES }, ...front.files];
  return { processes: [nativeProcess(context, actors, { files, data: [store.region] })], traffic: service.traffic() };
}

function workOf(): Work {
  const between = RECORDED.instructionsBefore('write:socket');
  const write = Math.round(between * REPLY_SHARE);
  const poll = RECORDED.instructionsBefore('epoll_wait:block');
  const read = RECORDED.instructionsBefore('read:socket');
  // Accepting, and what an append-only file asks for, was not recorded: assumed.
  return {
    poll,
    read,
    command: between - write,
    write,
    handshake: 3000,
    accept: 4000,
    register: 1000,
    close: 1500,
    append: 1500,
    sync: 300,
  };
}

function* run(env: ThreadEnv, role: RoleScript, own: Own): Generator<void, void, number> {
  const { service, front } = own;
  const talk = new Talk(role, service, front, 'native');
  for (const fd of front.accepts ? [front.port] : front.descriptors) role.script.syscall('epoll_add', Fd.Epoll, fd);
  for (let turn = 0; ; turn++) {
    role.step('poll', 'epoll_wait', Fd.Epoll, MAX_EVENTS, WAIT_FOREVER);
    const count = yield;
    const answered: number[] = [];
    for (const fd of env.ready.slice(0, count)) {
      if (front.accepts && fd === front.port) yield* acceptAll(role, front);
      else if (yield* talk.receive(fd)) {
        execute(env, role, own, talk.connectionOf(fd));
        answered.push(fd);
      }
    }
    if (own.appendOnly !== 'no')
      yield* append(
        role,
        own,
        answered.filter((fd) => !own.operations.isRead(talk.connectionOf(fd))),
        turn,
      );
    for (const fd of answered) yield* talk.reply(fd);
  }
}

function* acceptAll(role: RoleScript, front: Front): Generator<void, void, number> {
  for (;;) {
    role.step('accept', 'accept4', front.port, front.flags(true));
    const result = yield;
    if (result < 0) return;
    role.step('register', 'epoll_add', Fd.Epoll, front.accepted(result));
  }
}

function execute(
  env: ThreadEnv,
  role: RoleScript,
  { operations, service, store, batch }: Own,
  connection: number,
): void {
  for (let i = 0; i < batch; i++) {
    role.workBefore('command');
    store.touch(env, role, service.key(), operations.valueOf(connection), !operations.isRead(connection));
  }
}

/** Writes what the commands of a turn have changed to the append-only file, each turn to its next page. */
function* append(
  role: RoleScript,
  { operations, front, batch, appendOnly }: Own,
  writers: readonly number[],
  turn: number,
): Generator<void, void, number> {
  if (writers.length === 0) return;
  const bytes = writers.reduce((sum, fd) => sum + operations.requestOf(front.peer(fd).connection) * batch, 0);
  role.step('append', 'pwrite64', Fd.Log, Math.min(bytes, MOST_APPENDED), turn % LOG_PAGES);
  if (appendOnly === 'always') role.step('sync', 'fdatasync', Fd.Log);
  yield;
}

/** Most bytes of one write: the thread's buffer. */
const MOST_APPENDED = 16_384;
