import type { Application, BuildContext, ThreadEnv } from '../../kernel/abi.ts';
import type { RoleScript } from '../server.ts';
import type { Params, Workload } from '../workload.ts';
import { acceptFor, acceptorOf, ACCEPT_WORK } from './parts/acceptor.ts';
import { Database, DATABASE_PARAMS, DATABASE_WORK } from './parts/database.ts';
import { Front } from './parts/front.ts';
import { Loop, LOOP_FILES, LOOP_WORK } from './parts/loop.ts';
import { MANAGED_PARAMS, replyBytes, requestInstructions } from './parts/params.ts';
import { ConnectionPool } from './parts/pooled.ts';
import { inHandler, managedProcess, type Actor } from './parts/process.ts';
import { QUEUE_WORK, WorkQueue } from './parts/queue.ts';
import { Service } from './parts/service.ts';
import { integer } from './parts/spec.ts';
import { stated, type Work } from './parts/stated.ts';
import { Talk, TALK_WORK } from './parts/talk.ts';

/** A request of HTTP/1.1 with its headers. Assumed. */
const REQUEST_BYTES = 400;
/** Futex words: idle workers, and those who wait for a connection to the database. */
const Word = { Work: 0, Pool: 1 } as const;
const WORDS = 2;
/** Work of the poller before it takes a connection out of its selector. Assumed. */
const OWN_WORK: Work = { unregister: 1200 };

/**
 * The NIO connector of Tomcat: an acceptor, a poller with a selector, a pool of workers. A readable connection leaves the selector and goes to a
 * worker; with its answer written and nothing more to read it goes back. Source: reading of NioEndpoint, Tomcat 9 and 10.
 */
export const tomcatPool: Workload = {
  name: 'tomcat-pool',
  doc: 'Acceptor, poller and worker pool as in the NIO connector of Tomcat: about nine system calls a request, and a database if asked for',
  params: {
    ...MANAGED_PARAMS,
    ...DATABASE_PARAMS,
    maxThreads: integer(
      200,
      [1, 1024],
      'count',
      'Most workers: maxThreads of Tomcat, 200 by default; never more than connections, for no more are busy',
    ),
    replyBytes: replyBytes(2048, 'Mean size of a reply: a small page or JSON document; assumed'),
    requestInstructions: requestInstructions(60_000, 'Filters, servlet and encoding, some 20 us; assumed'),
  },
  build,
};

interface Shared {
  readonly service: Service;
  readonly front: Front;
  readonly poller: Loop<number>;
  readonly work: WorkQueue<number>;
  readonly pool: ConnectionPool;
}

function build(context: BuildContext, params: Params): Application {
  const service = new Service(context, params, { requestBytes: REQUEST_BYTES, items: 1 });
  const poller = new Loop<number>(0);
  const front = new Front(service.transport, LOOP_FILES, service.connections, true);
  const database = new Database(context, params, LOOP_FILES + front.files.length, false);
  const shared: Shared = {
    service,
    front,
    poller,
    work: new WorkQueue(Word.Work),
    pool: new ConnectionPool(database, Word.Pool),
  };
  const work = stated({
    ...TALK_WORK,
    ...LOOP_WORK,
    ...QUEUE_WORK,
    ...DATABASE_WORK,
    ...ACCEPT_WORK,
    ...OWN_WORK,
    handle: Number(params['requestInstructions']),
  });
  const count = Math.min(Number(params['maxThreads']), service.connections.length);
  const workers = Array.from({ length: count }, (_, i): Actor => ({
    name: `worker${i}`,
    work,
    run: (env, role) => serve(env, role, shared),
  }));
  const actors = [
    { name: 'poller', work, run: (env: ThreadEnv, role: RoleScript) => poll(env, role, shared) },
    ...workers,
    ...acceptorOf(front, work, (_env, role) => acceptFor(role, front, [poller])),
  ];
  const files = [...poller.files, ...front.files, ...database.files];
  const server = managedProcess(context, params, actors, { files, words: WORDS });
  return { processes: [server, ...database.processes], traffic: database.beside(service.traffic()) };
}

function* poll(env: ThreadEnv, role: RoleScript, { poller, front, work }: Shared): Generator<void, void, number> {
  yield* poller.start(role, front.descriptors);
  for (;;) {
    for (const fd of poller.takeMessages()) role.step('register', 'epoll_add', poller.epoll, fd);
    const ready = yield* poller.wait(env, role);
    for (const fd of ready) {
      role.step('unregister', 'epoll_del', poller.epoll, fd);
      yield* work.put(env, role, fd);
    }
  }
}

function* serve(env: ThreadEnv, role: RoleScript, shared: Shared): Generator<void, void, number> {
  const talk = new Talk(role, shared.service, shared.front);
  for (;;) {
    const fd = yield* shared.work.take(env, role);
    const isOver = yield* inHandler(env, role, serveReadable(env, role, talk, shared, fd));
    if (!isOver) yield* shared.poller.tell(role, fd);
  }
}

/** Answers until nothing is left to read; whether the connection has ended. */
function* serveReadable(
  env: ThreadEnv,
  role: RoleScript,
  talk: Talk,
  shared: Shared,
  fd: number,
): Generator<void, boolean, number> {
  while (yield* talk.receive(fd)) {
    role.workBefore('handle');
    yield* shared.pool.query(env, role);
    if (yield* talk.reply(fd)) return true;
  }
  return false;
}
