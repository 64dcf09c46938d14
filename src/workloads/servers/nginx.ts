import type { Application, BuildContext, FileSpec, ProcessSpec, ThreadEnv } from '../../kernel/abi.ts';
import type { Sizes } from '../clients.ts';
import { Payload } from '../payload.ts';
import type { RoleScript } from '../server.ts';
import type { Params, Workload } from '../workload.ts';
import { Front } from './parts/front.ts';
import { replyBytes, SERVER_PARAMS } from './parts/params.ts';
import { nativeProcess } from './parts/process.ts';
import { Service } from './parts/service.ts';
import { integer, toggle } from './parts/spec.ts';
import { stated, type Work } from './parts/stated.ts';
import { Talk } from './parts/talk.ts';

const Fd = { Epoll: 0, Content: 1, Log: 2, First: 3 } as const;
/** A request of HTTP/1.1, the header of its reply, a line of the access log. Assumed. */
const REQUEST_BYTES = 200;
const HEADER_BYTES = 240;
const LOG_BYTES = 120;
/** The files that all workers serve. */
const CONTENT_PAGES = 1024;
const CONTENT = 0;
const HEADER_SEGMENTS = 1;
/** NGX_EVENTS of the epoll module: epoll_events 512. */
const MAX_EVENTS = 512;
const WAIT_FOREVER = -1;
/** EPOLLIN with EPOLLEXCLUSIVE, and with EPOLLET, in the model's spelling. */
const EXCLUSIVE = 1 + (1 << 18);
const EDGE = 1 + (1 << 17);
/** Work in user mode, some 7000 instructions a request. Assumed; NGINX Inc. (2017) serves an empty page in about 7 us of one core, kernel included. */
const WORK: Work = {
  poll: 600,
  accept: 3000,
  register: 500,
  read: 800,
  handle: 4000,
  open: 500,
  stat: 100,
  header: 500,
  send: 300,
  content: 300,
  write: 300,
  release: 200,
  log: 800,
  handshake: 3000,
  close: 1000,
};

/** nginx as a server of static files: a native process a core, each with its event loop, all on one port. */
export const nginx: Workload = {
  name: 'nginx',
  doc: 'nginx with static files: native worker processes; recvfrom, openat, fstat, writev, sendfile, close and the access log for a request',
  params: {
    ...SERVER_PARAMS,
    workers: integer(0, [0, 64], 'count', 'Worker processes; 0: one a core (worker_processes auto)'),
    openFileCache: toggle(
      false,
      'Descriptors of files are kept: no openat, fstat and close for a request (open_file_cache, off by default)',
    ),
    accessLog: toggle(true, 'A line of the access log for each request, not buffered, as by default'),
    replyBytes: replyBytes(
      1024,
      'Mean size of a file, which goes out by sendfile behind a header of 240 bytes; assumed',
    ),
  },
  build,
};

interface Own {
  readonly service: Service;
  readonly front: Front;
  readonly bodies: Payload;
  readonly keepsFiles: boolean;
  readonly logs: boolean;
}

function build(context: BuildContext, params: Params): Application {
  const count = Number(params['workers']) || context.cores;
  const [connections, bytes] = [Number(params['connections']), Number(params['replyBytes'])];
  const bodies = new Payload(params, connections, bytes, context.openStream('client.payload'));
  const sizes: Sizes = {
    ask: (connection) => bodies.ask(connection),
    of: (connection) => HEADER_BYTES + bodies.of(connection),
  };
  const service = new Service(context, params, { requestBytes: REQUEST_BYTES, items: CONTENT_PAGES, sizes });
  const keepsFiles = params['openFileCache'] === true;
  const logs = params['accessLog'] === true;
  const { hostile: _, ...peaceful } = context;
  const processes = Array.from({ length: count }, (_worker, i) => {
    const mine = service.connections.filter((connection) => connection % count === i);
    const front = new Front(service.transport, Fd.First, mine, true);
    return worker(i === 0 ? context : peaceful, i, { service, front, bodies, keepsFiles, logs });
  });
  return { processes, traffic: service.traffic() };
}

function worker(context: BuildContext, index: number, own: Own): ProcessSpec {
  const actor = {
    name: `worker${index}`,
    work: stated(WORK),
    run: (env: ThreadEnv, role: RoleScript) => run(env, role, own),
  };
  const content: FileSpec = { kind: 'pagecache', pages: CONTENT_PAGES, id: CONTENT };
  return nativeProcess(context, [actor], { files: [{ kind: 'epoll' }, content, { kind: 'log' }, ...own.front.files] });
}

function* run(env: ThreadEnv, role: RoleScript, own: Own): Generator<void, void, number> {
  const { front, service } = own;
  const talk = new Talk(role, service, front, 'native');
  if (front.accepts) role.script.syscall('epoll_add', Fd.Epoll, front.port, EXCLUSIVE);
  else for (const fd of front.descriptors) role.script.syscall('epoll_add', Fd.Epoll, fd, EDGE);
  for (;;) {
    role.step('poll', 'epoll_wait', Fd.Epoll, MAX_EVENTS, WAIT_FOREVER);
    const count = yield;
    for (const fd of env.ready.slice(0, count)) {
      if (front.accepts && fd === front.port) yield* accept(role, front);
      else if (yield* talk.receive(fd, 'recvfrom')) yield* answer(role, talk, own, fd);
    }
  }
}

/** One connection a turn: multi_accept is off by default. Another worker may have been faster. */
function* accept(role: RoleScript, front: Front): Generator<void, void, number> {
  role.step('accept', 'accept4', front.port, front.flags(true));
  const result = yield;
  if (result >= 0) role.step('register', 'epoll_add', Fd.Epoll, front.accepted(result), EDGE);
}

function* answer(role: RoleScript, talk: Talk, own: Own, fd: number): Generator<void, boolean, number> {
  role.workBefore('handle');
  const file = own.keepsFiles ? Fd.Content : yield* open(role);
  const page = own.service.key();
  if (own.service.transport.isSecure)
    role.step('content', 'pread64', Fd.Content, own.bodies.of(talk.connectionOf(fd)), page);
  else sendPlain(role, fd, own.bodies.of(talk.connectionOf(fd)));
  if (!own.keepsFiles) role.step('release', 'close', file);
  if (own.logs) role.step('log', 'write', Fd.Log, LOG_BYTES);
  return own.service.transport.isSecure ? yield* talk.reply(fd) : yield* talk.endAfterReply(fd);
}

function* open(role: RoleScript): Generator<void, number, number> {
  role.step('open', 'openat', 1);
  const file = yield;
  role.step('stat', 'fstat', file);
  return file;
}

function sendPlain(role: RoleScript, fd: number, bytes: number): void {
  role.step('header', 'writev', fd, HEADER_BYTES, HEADER_SEGMENTS);
  role.step('send', 'sendfile', fd, Fd.Content, bytes);
}
