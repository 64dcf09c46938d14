import type { Application, BuildContext, FileSpec, Program, ThreadEnv } from '../kernel/abi.ts';
import { CLIENT_PARAMS, makeClients } from './clients.ts';
import recording from './recorded/jdkhttp17-fixed4.json' with { type: 'json' };
import { CONTENT_PARAMS, keyLaw, Payload, PAYLOAD_PARAMS, type KeyLaw } from './payload.ts';
import type { RecordedModel } from './recorded/model.ts';
import { RecordedRole } from './recordedserver.ts';
import { ATTACK_PARAM, WILD_PARAM, RoleScript, serverProcess, SITE_PARAM, startThread, withHostile } from './server.ts';
import type { Params, Workload } from './workload.ts';

const MODEL = recording as unknown as RecordedModel;
const DISPATCHER = new RecordedRole(MODEL, 'dispatcher');
const WORKER = new RecordedRole(MODEL, 'worker');

/** Descriptors: connections follow. */
const Fd = { Epoll: 0, Wakeup: 1, Content: 2, Log: 3, FirstConnection: 4 } as const;
/** Pages of content that requests ask for: 4 MiB, some of which stay in the last level. Assumed. */
const CONTENT_PAGES = 1024;
const HEADER_BYTES = WORKER.bytes('write:socket:header');
/** Futex words: idle workers sleep on the first; the second is the pool's lock, never contended when it is released. */
const WORK_WORD = 0;
const MUTEX_WORD = 1;
const WORDS = 2;
const READ_BYTES = 8192;
const WAKEUP_BYTES = 8;
const WAIT_FOREVER = -1;
const POLL_ONLY = 0;
const F_GETFL = 3;
const F_SETFL = 4;
const BLOCKING = 0;
const NONBLOCKING = 1;
const MAX_EVENTS = 1024;

/** State that the threads of the server share in user memory: two queues of descriptors and who waits. */
interface Shared {
  /** Which page of content a request asks for. */
  readonly key: KeyLaw;
  readonly payload: Payload;
  readonly work: number[];
  readonly handedBack: number[];
  idleWorkers: number;
  isDispatcherTold: boolean;
}

/**
 * com.sun.net.httpserver with a fixed pool, as recorded: a dispatcher waits for readable connections and gives them to
 * workers, which answer and hand the connection back. How often anybody sleeps or is woken follows from the queues.
 */
export const javaHttp: Workload = {
  name: 'java-http',
  doc: 'Recorded com.sun.net.httpserver: dispatcher and worker pool, 15 system calls a request, 1 KiB replies',
  params: {
    ...CLIENT_PARAMS,
    ...CONTENT_PARAMS,
    ...PAYLOAD_PARAMS,
    workers: {
      kind: 'integer',
      default: WORKER.threads,
      min: 1,
      max: 256,
      unit: 'count',
      doc: 'Threads of the pool; 4 as recorded',
    },
    syscallSite: SITE_PARAM,
    attack: ATTACK_PARAM,
    wildPerSecond: WILD_PARAM,
  },
  build,
};

function build(context: BuildContext, params: Params): Application {
  const workers = Number(params['workers']);
  const connections = Number(params['connections']);
  const site = String(params['syscallSite']);
  const key = keyLaw(params, CONTENT_PAGES);
  const body = WORKER.bytes('write:socket:body');
  const payload = new Payload(params, connections, body, context.openStream('client.payload'));
  const shared: Shared = { key, payload, work: [], handedBack: [], idleWorkers: 0, isDispatcherTold: false };
  const threads = Array.from({ length: workers + 1 }, (_, i) => {
    const name = i === 0 ? 'dispatcher' : `worker${i}`;
    const program: Program = (env) => {
      const role = new RoleScript(env, i === 0 ? DISPATCHER : WORKER, site, name, i, workers + 1);
      return i === 0 ? dispatch(env, role, shared, connections) : serve(env, role, shared);
    };
    return { name, nice: 0, program, buffer: name };
  });
  const exchange = {
    requestBytes: MODEL.totals.requestBytes,
    replyBytes: HEADER_BYTES + body,
    payload: { ask: (connection: number) => payload.ask(connection), of: (c: number) => HEADER_BYTES + payload.of(c) },
  };
  return {
    processes: [serverProcess('server', withHostile(context, threads), { files: files(connections), words: WORDS })],
    traffic: makeClients(context, params, exchange),
  };
}

function files(connections: number): FileSpec[] {
  const sockets = Array.from({ length: connections }, (_, connection): FileSpec => ({
    kind: 'socket',
    connection,
    nonblocking: true,
  }));
  return [
    { kind: 'epoll' },
    { kind: 'eventfd' },
    { kind: 'pagecache', pages: CONTENT_PAGES },
    { kind: 'log' },
    ...sockets,
  ];
}

/** The dispatcher: hands readable connections to workers, takes answered ones back into its interest list. */
function* dispatch(
  env: ThreadEnv,
  role: RoleScript,
  shared: Shared,
  connections: number,
): Generator<void, void, number> {
  yield* startThread(env, role);
  for (let fd = Fd.FirstConnection; fd < Fd.FirstConnection + connections; fd++)
    role.script.syscall('epoll_add', Fd.Epoll, fd);
  role.script.syscall('epoll_add', Fd.Epoll, Fd.Wakeup);
  for (;;) {
    const count = yield* wait(role, WAIT_FOREVER);
    const ready = [...env.ready.subarray(0, count)];
    if (ready.includes(Fd.Wakeup)) role.step('read:wakeup', 'read', Fd.Wakeup, WAKEUP_BYTES);
    const readable = ready.filter((fd) => fd >= Fd.FirstConnection);
    for (const fd of readable) yield* handOver(env, role, shared, fd);
    for (const fd of readable) role.step('epoll_ctl:del', 'epoll_del', Fd.Epoll, fd);
    yield* wait(role, POLL_ONLY);
    yield* takeBack(role, shared);
  }
}

function* wait(role: RoleScript, timeout: number): Generator<void, number, number> {
  role.step(
    timeout === POLL_ONLY ? 'epoll_wait:poll' : 'epoll_wait:block',
    'epoll_wait',
    Fd.Epoll,
    MAX_EVENTS,
    timeout,
  );
  return yield;
}

function* handOver(env: ThreadEnv, role: RoleScript, shared: Shared, fd: number): Generator<void, void, number> {
  role.step('fcntl:getfl:nonblocking', 'fcntl', fd, F_GETFL);
  role.step('fcntl:setfl-block', 'fcntl', fd, F_SETFL, BLOCKING);
  yield;
  shared.work.push(fd);
  yield* wakeIdleWorker(env, role, shared);
}

/** Signals the pool's condition if a worker sleeps on it: the word changes, so that one about to sleep does not. */
function* wakeIdleWorker(env: ThreadEnv, role: RoleScript, shared: Shared): Generator<void, void, number> {
  if (shared.idleWorkers === 0) return;
  env.words[WORK_WORD]++;
  role.step('futex:wake:worker', 'futex_wake', WORK_WORD, 1);
  yield;
}

function* takeBack(role: RoleScript, shared: Shared): Generator<void, void, number> {
  shared.isDispatcherTold = false;
  const back = shared.handedBack.splice(0);
  for (const fd of back) {
    role.step('fcntl:getfl:blocking', 'fcntl', fd, F_GETFL);
    role.step('fcntl:setfl-nonblock', 'fcntl', fd, F_SETFL, NONBLOCKING);
  }
  for (const fd of back) role.step('epoll_ctl:add', 'epoll_add', Fd.Epoll, fd);
  yield;
}

/** A worker: answers queued requests one after the other, and sleeps when there are none. */
function* serve(env: ThreadEnv, role: RoleScript, shared: Shared): Generator<void, void, number> {
  yield* startThread(env, role);
  for (;;) {
    const fd = shared.work.shift();
    if (fd === undefined) yield* sleep(env, role, shared);
    else yield* answer(env, role, shared, fd);
  }
}

function* sleep(env: ThreadEnv, role: RoleScript, shared: Shared): Generator<void, void, number> {
  shared.idleWorkers++;
  role.step('futex:wait', 'futex_wait', WORK_WORD, env.words[WORK_WORD]);
  yield;
  shared.idleWorkers--;
  role.step('futex:wake:mutex', 'futex_wake', MUTEX_WORD, 1);
  yield;
}

function* answer(env: ThreadEnv, role: RoleScript, shared: Shared, fd: number): Generator<void, void, number> {
  if (shared.work.length > 0) yield* wakeIdleWorker(env, role, shared);
  role.step('read:socket', 'read', fd, READ_BYTES);
  role.step('pread64:file', 'pread64', Fd.Content, WORKER.bytes('pread64:file'), shared.key(env.rng));
  role.step('write:log', 'write', Fd.Log, WORKER.bytes('write:log'));
  role.step('write:socket:header', 'write', fd, HEADER_BYTES);
  role.step('write:socket:body', 'write', fd, shared.payload.of(fd - Fd.FirstConnection));
  yield;
  shared.handedBack.push(fd);
  if (shared.isDispatcherTold) return;
  shared.isDispatcherTold = true;
  role.step('write:wakeup', 'write', Fd.Wakeup, WAKEUP_BYTES);
  yield;
}
