import type { Application, BuildContext, ThreadEnv } from '../../kernel/abi.ts';
import type { RoleScript } from '../server.ts';
import type { Params, Workload } from '../workload.ts';
import { Database, DATABASE_PARAMS, DATABASE_WORK } from './parts/database.ts';
import { Front } from './parts/front.ts';
import { MANAGED_PARAMS, replyBytes, requestInstructions } from './parts/params.ts';
import { ConnectionPool } from './parts/pooled.ts';
import { inHandler, managedProcess, type Actor } from './parts/process.ts';
import { QUEUE_WORK } from './parts/queue.ts';
import { Service } from './parts/service.ts';
import { stated, type Work } from './parts/stated.ts';
import { Talk, TALK_WORK } from './parts/talk.ts';

/** A request of HTTP/1.1 with its headers. Assumed. */
const REQUEST_BYTES = 200;
/** Futex word of the pool of database connections. */
const POOL_WORD = 0;
/** Work of the thread that accepts: a Socket and a Thread object, and of a thread that ends. Assumed. */
const OWN_WORK: Work = { accept: 3000, spawn: 8000, end: 2000 };

/** Blocking reads and writes, a thread for each connection: the classic server of java.net, or Apache's worker model with a JVM. */
export const threadPerRequest: Workload = {
  name: 'thread-per-request',
  doc: 'A blocking thread for each connection; one-shot connections each get a thread of their own by clone',
  params: {
    ...MANAGED_PARAMS,
    ...DATABASE_PARAMS,
    replyBytes: replyBytes(1024, 'Mean size of a reply, as of the recorded servers'),
    requestInstructions: requestInstructions(20_000, 'Parsing, routing and the handler, some 7 us; assumed'),
  },
  build,
};

/** What the threads of the server share. */
interface Shared {
  readonly service: Service;
  readonly front: Front;
  readonly pool: ConnectionPool;
  /** Accepted connections whose thread is being made. */
  readonly accepted: number[];
  nextChild: number;
}

function build(context: BuildContext, params: Params): Application {
  const service = new Service(context, params, { requestBytes: REQUEST_BYTES, items: 1 });
  const front = new Front(service.transport, 0, service.connections, false);
  const database = new Database(context, params, front.files.length, false);
  const pool = new ConnectionPool(database, POOL_WORD);
  const shared: Shared = { service, front, pool, accepted: [], nextChild: 0 };
  const work = stated({
    ...TALK_WORK,
    ...QUEUE_WORK,
    ...DATABASE_WORK,
    ...OWN_WORK,
    handle: Number(params['requestInstructions']),
  });
  const actorsOf = (kind: string, run: Actor['run'], count: number): Actor[] =>
    Array.from({ length: count }, (_, i) => ({ name: `${kind}${i}`, work, run }));
  // A client may come back before the thread of its last connection has ended: twice the places of its stacks.
  const children = front.accepts
    ? actorsOf('handler', (env, role) => serveAccepted(env, role, shared), 2 * service.connections.length)
    : [];
  const actors = front.accepts
    ? actorsOf('acceptor', (_env, role) => accept(role, shared, children.length), 1)
    : front.descriptors.map((fd): Actor => ({
        name: `handler${fd}`,
        work,
        run: (env, role) => serve(env, role, shared, fd),
      }));
  const server = managedProcess(context, params, actors, { files: [...front.files, ...database.files], children });
  return { processes: [server, ...database.processes], traffic: database.beside(service.traffic()) };
}

function* accept(role: RoleScript, shared: Shared, children: number): Generator<void, void, number> {
  const { front, accepted } = shared;
  for (;;) {
    role.step('accept', 'accept4', front.port, front.flags(false));
    const result = yield;
    accepted.push(front.accepted(result));
    role.step('spawn', 'clone', shared.nextChild);
    shared.nextChild = (shared.nextChild + 1) % children;
    yield;
  }
}

function* serveAccepted(env: ThreadEnv, role: RoleScript, shared: Shared): Generator<void, void, number> {
  yield* serve(env, role, shared, shared.accepted.shift()!);
  role.step('end', 'exit');
  yield;
}

/** Requests of one connection until the server ends it. */
function* serve(env: ThreadEnv, role: RoleScript, shared: Shared, fd: number): Generator<void, void, number> {
  const talk = new Talk(role, shared.service, shared.front);
  let isOver = false;
  while (!isOver) isOver = yield* inHandler(env, role, answer(env, role, talk, shared.pool, fd));
}

function* answer(
  env: ThreadEnv,
  role: RoleScript,
  talk: Talk,
  pool: ConnectionPool,
  fd: number,
): Generator<void, boolean, number> {
  yield* talk.await(fd);
  role.workBefore('handle');
  yield* pool.query(env, role);
  return yield* talk.reply(fd);
}
