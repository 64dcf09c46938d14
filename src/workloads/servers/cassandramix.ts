import type { Application, BuildContext, FileSpec, ThreadEnv } from '../../kernel/abi.ts';
import type { Rng } from '../../sim/rng.ts';
import { PAGE_BYTES } from '../../sim/units.ts';
import type { RoleScript } from '../server.ts';
import type { Params, Workload } from '../workload.ts';
import { acceptFor, acceptorOf, ACCEPT_WORK } from './parts/acceptor.ts';
import { Front } from './parts/front.ts';
import { Loop, LOOP_FILES, LOOP_WORK } from './parts/loop.ts';
import { ReadsAndWrites } from './parts/operations.ts';
import { MANAGED_PARAMS } from './parts/params.ts';
import { inHandler, managedProcess, type Actor } from './parts/process.ts';
import { QUEUE_WORK, WorkQueue } from './parts/queue.ts';
import { Service } from './parts/service.ts';
import { integer, number } from './parts/spec.ts';
import { stated, type Work } from './parts/stated.ts';
import { Store } from './parts/store.ts';
import { syncEvery } from './parts/syncer.ts';
import { Talk, TALK_WORK } from './parts/talk.ts';

/** Files: commit log, blocks of SSTables in the page cache, blocks on the device; the loops' files and the connections follow. */
const Fd = { CommitLog: 0, Cached: 1, Cold: 2, Loops: 3 } as const;
/** Pages that the commit log uses round and round, and of blocks of SSTables in the page cache and on the device. Assumed. */
const LOG_PAGES = 2048;
const CACHED_PAGES = 4096;
const COLD_PAGES = 4096;
/** A compressed block of an SSTable: chunk_length_in_kb 16, by half. Assumed. */
const BLOCK_BYTES = 8192;
/** Futex words of the stages. */
const Word = { Reads: 0, Writes: 1 } as const;
const WORDS = 2;
/** Frames of the native protocol with a prepared statement and a key of 16 bytes. Assumed. */
const MESSAGES = { readRequest: 80, readReply: 90, writeRequest: 90, writeReply: 9 };
/** Work in user mode. Assumed: a read or write of Cassandra takes some 50 to 100 us of a core, of which these are the larger part. */
const OWN_WORK: Work = {
  decode: 15_000,
  mutate: 60_000,
  query: 50_000,
  merge: 15_000,
  block: 20_000,
  flush: 3000,
  sync: 1000,
};
/** Most bytes of the commit log that a sync writes by one call: the thread's buffer. */
const MOST_BYTES = 16_384;

/** A node of Cassandra alone: event loops, stages of threads for reads and for writes, a memtable, a commit log synced now and then. */
export const cassandraMix: Workload = {
  name: 'cassandra-mix',
  doc: 'Reads and writes in the manner of Cassandra: event loops, stages, memtable, commit log with periodic sync, blocks of SSTables by pread',
  params: {
    ...MANAGED_PARAMS,
    loops: integer(0, [0, 64], 'count', 'Event loops; 0: one a core'),
    stageThreads: integer(
      32,
      [1, 256],
      'count',
      'Threads of each stage: concurrent_reads and concurrent_writes, 32 by default; never more than connections',
    ),
    readShare: number(0.5, [0, 1], 'share', 'Share of reads; workload A of YCSB has as many as writes'),
    valueBytes: integer(1000, [1, 16_000], 'bytes', 'Mean size of a row; YCSB has ten fields of 100 bytes'),
    items: integer(100_000, [1, 1_000_000], 'count', 'Rows, chosen by keySkew'),
    memtableShare: number(0.1, [0, 1], 'share', 'Share of reads that the memtable answers alone; assumed'),
    sstables: integer(
      2,
      [0, 32],
      'count',
      'SSTables that another read looks into, with a pread for each; assumed, after compaction',
    ),
    cachedShare: number(0.95, [0, 1], 'share', 'Share of those blocks that are in the page cache; assumed'),
    syncMs: number(10, [0.1, 1e6], 'ms', 'commitlog_sync_period: 10 s by default, short here so that a run has some'),
  },
  build,
};

interface Own {
  readonly service: Service;
  readonly front: Front;
  readonly operations: ReadsAndWrites;
  readonly memtable: Store;
  readonly reads: WorkQueue<Request>;
  readonly writes: WorkQueue<Request>;
  readonly chances: Rng;
  readonly params: Params;
  /** Bytes in the mapped segment of the commit log that no sync has written. */
  unsynced: number;
}

/** A request with the event loop that owns its connection. */
interface Request {
  readonly fd: number;
  readonly loop: Loop<Message>;
}

/** What an event loop hears of: a connection that was accepted, or whose response is ready. */
type Message = number | { readonly respondTo: number };

function build(context: BuildContext, params: Params): Application {
  const count = Number(params['loops']) || context.cores;
  const operations = new ReadsAndWrites(context, params, MESSAGES);
  const items = Number(params['items']);
  const service = new Service(context, params, { requestBytes: 0, items, sizes: operations });
  const loops = Array.from({ length: count }, (_, i) => new Loop<Message>(Fd.Loops + i * LOOP_FILES));
  const front = new Front(service.transport, Fd.Loops + count * LOOP_FILES, service.connections, true);
  const memtable = new Store(items, Number(params['valueBytes']));
  const [reads, writes] = [new WorkQueue<Request>(Word.Reads), new WorkQueue<Request>(Word.Writes)];
  const chances = context.openStream('server.blocks');
  const own: Own = { service, front, operations, memtable, reads, writes, chances, params, unsynced: 0 };
  const files: FileSpec[] = [
    { kind: 'disk', pages: LOG_PAGES },
    { kind: 'pagecache', pages: CACHED_PAGES },
    { kind: 'disk', pages: COLD_PAGES },
    ...loops.flatMap((loop) => loop.files),
    ...front.files,
  ];
  const parts = { files, words: WORDS, data: [memtable.region] };
  return { processes: [managedProcess(context, params, actorsOf(own, loops), parts)], traffic: service.traffic() };
}

function actorsOf(own: Own, loops: readonly Loop<Message>[]): readonly Actor[] {
  const { front, service, params } = own;
  const work = stated({ ...TALK_WORK, ...LOOP_WORK, ...QUEUE_WORK, ...ACCEPT_WORK, ...OWN_WORK });
  const network = loops.map((loop, i): Actor => {
    const mine = front.shareOf(i, loops.length);
    return { name: `loop${i}`, work, run: (env, role) => serveNetwork(env, role, loop, own, mine) };
  });
  const threads = Math.min(Number(params['stageThreads']), service.connections.length);
  const stage = (name: string, queue: WorkQueue<Request>, perform: Stage): Actor[] =>
    Array.from({ length: threads }, (_, i) => ({
      name: `${name}${i}`,
      work,
      run: (env, role) => runStage(env, role, own, queue, perform),
    }));
  const syncer: Actor = {
    name: 'commitlog',
    work,
    run: (_env, role) => syncEvery(role, Fd.CommitLog, Number(params['syncMs']), () => flush(role, own)),
  };
  const stages = [...stage('read', own.reads, read), ...stage('write', own.writes, write)];
  return [...network, ...stages, syncer, ...acceptorOf(front, work, (_env, role) => acceptFor(role, front, loops))];
}

function* serveNetwork(
  env: ThreadEnv,
  role: RoleScript,
  loop: Loop<Message>,
  own: Own,
  mine: readonly number[],
): Generator<void, void, number> {
  const talk = new Talk(role, own.service, own.front);
  yield* loop.start(role, mine);
  for (;;) {
    for (const message of loop.takeMessages()) {
      if (typeof message === 'number') role.step('register', 'epoll_add', loop.epoll, message);
      else yield* inHandler(env, role, talk.reply(message.respondTo));
    }
    const ready = yield* loop.wait(env, role);
    for (const fd of ready)
      if (yield* talk.receive(fd)) yield* inHandler(env, role, submit(env, role, own, { fd, loop }));
  }
}

function* submit(env: ThreadEnv, role: RoleScript, own: Own, request: Request): Generator<void, void, number> {
  role.workBefore('decode');
  const isRead = own.operations.isRead(own.front.peer(request.fd).connection);
  yield* (isRead ? own.reads : own.writes).put(env, role, request);
}

type Stage = (env: ThreadEnv, role: RoleScript, own: Own, bytes: number) => Generator<void, void, number>;

function* runStage(
  env: ThreadEnv,
  role: RoleScript,
  own: Own,
  queue: WorkQueue<Request>,
  perform: Stage,
): Generator<void, void, number> {
  for (;;) {
    const { fd, loop } = yield* queue.take(env, role);
    const bytes = own.operations.valueOf(own.front.peer(fd).connection);
    yield* inHandler(env, role, perform(env, role, own, bytes));
    yield* loop.tell(role, { respondTo: fd });
  }
}

/** Looks into the memtable, then into blocks of SSTables, one after the other. */
function* read(
  env: ThreadEnv,
  role: RoleScript,
  { service, memtable, chances, params }: Own,
  bytes: number,
): Generator<void, void, number> {
  const key = service.key();
  role.workBefore('query');
  memtable.touch(env, role, key, bytes, false);
  if (chances.uniform() < Number(params['memtableShare'])) return;
  for (let i = 0; i < Number(params['sstables']); i++) {
    const isCached = chances.uniform() < Number(params['cachedShare']);
    const page = isCached ? key % CACHED_PAGES : chances.below(COLD_PAGES);
    role.step('block', 'pread64', isCached ? Fd.Cached : Fd.Cold, BLOCK_BYTES, page);
    yield;
  }
  role.workBefore('merge');
}

/** Into the mapped segment of the commit log, which is no system call, then into the memtable. */
function* write(env: ThreadEnv, role: RoleScript, own: Own, bytes: number): Generator<void, void, number> {
  role.workBefore('mutate');
  own.unsynced += bytes;
  own.memtable.touch(env, role, own.service.key(), bytes, true);
  yield;
}

/** What the segment holds goes to its file: the write-back of a mapping, as calls. */
function flush(role: RoleScript, own: Own): void {
  for (let page = 0; own.unsynced > 0; page += MOST_BYTES / PAGE_BYTES) {
    role.step('flush', 'pwrite64', Fd.CommitLog, Math.min(own.unsynced, MOST_BYTES), page % LOG_PAGES);
    own.unsynced = Math.max(0, own.unsynced - MOST_BYTES);
  }
}
