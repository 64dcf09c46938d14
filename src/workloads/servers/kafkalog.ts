import type { Application, BuildContext, FileSpec, ThreadEnv } from '../../kernel/abi.ts';
import { PAGE_BYTES } from '../../sim/units.ts';
import type { Site } from '../script.ts';
import type { RoleScript } from '../server.ts';
import type { Params, Workload } from '../workload.ts';
import { acceptFor, acceptorOf, ACCEPT_WORK } from './parts/acceptor.ts';
import { Front } from './parts/front.ts';
import { Loop, LOOP_FILES, LOOP_WORK } from './parts/loop.ts';
import { Mutex, MUTEX_WORK } from './parts/mutex.ts';
import { ReadsAndWrites } from './parts/operations.ts';
import { MANAGED_PARAMS } from './parts/params.ts';
import { inHandler, managedProcess, type Actor } from './parts/process.ts';
import { QUEUE_WORK, WorkQueue } from './parts/queue.ts';
import { Service } from './parts/service.ts';
import { integer, number } from './parts/spec.ts';
import { stated, type Work } from './parts/stated.ts';
import { Talk, TALK_WORK } from './parts/talk.ts';

/** Futex word of the request queue; the locks of the partitions follow. */
const QUEUE_WORD = 0;
const FIRST_LOCK = 1;
/** Pages of all partitions together, which they use round and round: what the page cache of the model has room for. */
const LOG_PAGES = 8192;
/** Headers of produce and fetch, requests and responses, with a topic name of some 20 bytes. Assumed from the protocol, version 2 batches. */
const MESSAGES = { readRequest: 110, readReply: 130, writeRequest: 150, writeReply: 60 };
/** EPOLLIN and EPOLLOUT. */
const READABLE = 1;
const WRITABLE = 4;
/** The size that comes before a request is read on its own. */
const SIZE_BYTES = 4;
/** Site index of the checks of a batch, and the instructions of their loop. */
const CHECK_SITE = 45;
const CHECK_LOOP_INSTRUCTIONS = 500;
/** Work in user mode. Assumed: headers are parsed and built by generated code; validation of a batch is by its bytes. */
const OWN_WORK: Work = {
  mute: 1500,
  send: 1000,
  unmute: 800,
  request: 12_000,
  append: 4000,
  flush: 1000,
  fetch: 6000,
  transfer: 1500,
};

/**
 * The log of Kafka: network threads with a selector each, a queue of requests, handlers that append batches to a partition under its lock. A
 * connection is mute while a request of it is under way. Source: reading of SocketServer, Selector and LocalLog, Kafka 3.
 */
export const kafkaLog: Workload = {
  name: 'kafka-log',
  doc: 'Log appends in the manner of Kafka: network threads, request handlers, an append to the page cache, a sync every so many batches; fetches by sendfile',
  params: {
    ...MANAGED_PARAMS,
    networkThreads: integer(3, [1, 64], 'count', 'num.network.threads, 3 by default'),
    handlers: integer(8, [1, 256], 'count', 'num.io.threads, 8 by default'),
    partitions: integer(16, [1, 64], 'count', 'Partitions that producers append to, by keySkew; assumed'),
    readShare: number(0.2, [0, 1], 'share', 'Share of fetches among fetches and produces; assumed'),
    valueBytes: integer(
      4096,
      [1, 16_000],
      'bytes',
      'Mean size of a batch of records; batch.size is at most 16384 by default',
    ),
    syncBatches: integer(
      0,
      [0, 1e6],
      'batches',
      'Batches of a partition between two fsync (flush.messages); 0: none, the default, which leaves it to replicas',
    ),
    byteInstructions: number(
      1,
      [0, 100],
      'instructions/byte',
      'CRC-32C and checks of a batch; assumed, the instruction crc32 takes 8 bytes',
    ),
  },
  build,
};

interface Own {
  readonly service: Service;
  readonly front: Front;
  readonly operations: ReadsAndWrites;
  readonly requests: WorkQueue<Request>;
  readonly logs: readonly PartitionLog[];
  readonly syncBatches: number;
}

/** A request with the network thread that owns its connection. */
interface Request {
  readonly fd: number;
  readonly loop: Loop<Message>;
}

/** What a network thread hears of: a connection that was accepted, or whose response is ready. */
type Message = number | { readonly respondTo: number };

/** The log of a partition: its file, its lock, how far it is. */
interface PartitionLog {
  readonly fd: number;
  readonly pages: number;
  readonly lock: Mutex;
  bytes: number;
  unsynced: number;
}

function build(context: BuildContext, params: Params): Application {
  const [threads, partitions] = [Number(params['networkThreads']), Number(params['partitions'])];
  const operations = new ReadsAndWrites(context, params, MESSAGES);
  const service = new Service(context, params, { requestBytes: 0, items: partitions, sizes: operations });
  const loops = Array.from({ length: threads }, (_, i) => new Loop<Message>(i * LOOP_FILES));
  const firstLog = threads * LOOP_FILES;
  const front = new Front(service.transport, firstLog + partitions, service.connections, true);
  const pages = Math.floor(LOG_PAGES / partitions);
  const logs = Array.from({ length: partitions }, (_, i): PartitionLog => {
    return { fd: firstLog + i, pages, lock: new Mutex(FIRST_LOCK + i), bytes: 0, unsynced: 0 };
  });
  const requests = new WorkQueue<Request>(QUEUE_WORD);
  const own: Own = { service, front, operations, requests, logs, syncBatches: Number(params['syncBatches']) };
  const files = [
    ...loops.flatMap((loop) => loop.files),
    ...logs.map((): FileSpec => ({ kind: 'disk', pages })),
    ...front.files,
  ];
  const server = managedProcess(context, params, actorsOf(params, own, loops), {
    files,
    words: FIRST_LOCK + partitions,
  });
  return { processes: [server], traffic: service.traffic() };
}

function actorsOf(params: Params, own: Own, loops: readonly Loop<Message>[]): readonly Actor[] {
  const { front } = own;
  const work = stated({ ...TALK_WORK, ...LOOP_WORK, ...QUEUE_WORK, ...MUTEX_WORK, ...ACCEPT_WORK, ...OWN_WORK });
  const network = loops.map((loop, i): Actor => {
    const mine = front.shareOf(i, loops.length);
    return { name: `network${i}`, work, run: (env, role) => serveNetwork(env, role, loop, own, mine) };
  });
  const perByte = Number(params['byteInstructions']);
  const handlers = Array.from({ length: Number(params['handlers']) }, (_, i): Actor => {
    return { name: `handler${i}`, work, run: (env, role) => handle(env, role, own, perByte) };
  });
  return [...network, ...handlers, ...acceptorOf(front, work, (_env, role) => acceptFor(role, front, loops))];
}

function* serveNetwork(
  env: ThreadEnv,
  role: RoleScript,
  loop: Loop<Message>,
  own: Own,
  mine: readonly number[],
): Generator<void, void, number> {
  const talk = new Talk(role, own.service, own.front);
  const sending = new Set<number>();
  yield* loop.start(role, mine);
  for (;;) {
    for (const message of loop.takeMessages()) heed(role, loop, sending, message);
    const ready = yield* loop.wait(env, role);
    for (const fd of ready) {
      if (sending.delete(fd)) yield* inHandler(env, role, respond(role, talk, loop, own, fd));
      else if (yield* talk.receive(fd, 'read', SIZE_BYTES)) {
        role.step('mute', 'epoll_del', loop.epoll, fd);
        yield* own.requests.put(env, role, { fd, loop });
      }
    }
  }
}

/** A new connection is watched for requests; one whose response is ready until it can be written. */
function heed(role: RoleScript, { epoll }: Loop<Message>, sending: Set<number>, message: Message): void {
  if (typeof message === 'number') return role.step('register', 'epoll_add', epoll, message);
  sending.add(message.respondTo);
  role.step('register', 'epoll_add', epoll, message.respondTo, WRITABLE);
}

function* respond(
  role: RoleScript,
  talk: Talk,
  { epoll }: Loop<Message>,
  own: Own,
  fd: number,
): Generator<void, void, number> {
  const { operations, service, logs } = own;
  const connection = talk.connectionOf(fd);
  const isSentFromFile = operations.isRead(connection) && !service.transport.isSecure;
  if (isSentFromFile) {
    role.step('send', 'write', fd, MESSAGES.readReply);
    role.step('transfer', 'sendfile', fd, logs[service.key()].fd, operations.valueOf(connection));
  }
  const isOver = isSentFromFile ? yield* talk.endAfterReply(fd) : yield* talk.reply(fd);
  if (!isOver) role.step('unmute', 'epoll_mod', epoll, fd, READABLE);
}

function* handle(env: ThreadEnv, role: RoleScript, own: Own, perByte: number): Generator<void, void, number> {
  const check = role.script.site('jit', CHECK_SITE, CHECK_LOOP_INSTRUCTIONS);
  for (;;) {
    const { fd, loop } = yield* own.requests.take(env, role);
    const connection = own.front.peer(fd).connection;
    role.workBefore('request');
    if (own.operations.isRead(connection)) role.workBefore('fetch');
    else yield* inHandler(env, role, append(env, role, own, own.operations.valueOf(connection), check, perByte));
    yield* loop.tell(role, { respondTo: fd });
  }
}

/** Appends a batch to its partition; a sync keeps the lock, as it did before Kafka 3.7. */
function* append(
  env: ThreadEnv,
  role: RoleScript,
  { service, logs, syncBatches }: Own,
  bytes: number,
  check: Site,
  perByte: number,
): Generator<void, void, number> {
  const log = logs[service.key()];
  role.script.work(check, bytes * perByte);
  yield* log.lock.lock(env, role);
  role.step('append', 'pwrite64', log.fd, bytes, Math.floor(log.bytes / PAGE_BYTES) % log.pages);
  log.bytes += bytes;
  log.unsynced++;
  if (syncBatches > 0 && log.unsynced >= syncBatches) {
    log.unsynced = 0;
    role.step('flush', 'fsync', log.fd);
  }
  yield* log.lock.unlock(env, role);
}
