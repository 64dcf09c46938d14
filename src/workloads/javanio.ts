import type { Application, BuildContext, FileSpec, Program, ThreadEnv } from '../kernel/abi.ts';
import { CLIENT_PARAMS, makeClients } from './clients.ts';
import recording from './recorded/nio17-1.json' with { type: 'json' };
import { CONTENT_PARAMS, keyLaw, Payload, PAYLOAD_PARAMS, type KeyLaw } from './payload.ts';
import type { RecordedModel } from './recorded/model.ts';
import { RecordedRole } from './recordedserver.ts';
import type { Site } from './script.ts';
import { ATTACK_PARAM, WILD_PARAM, RoleScript, serverProcess, SITE_PARAM, startThread, withHostile } from './server.ts';
import type { ParamSpec, Params, Workload } from './workload.ts';

const MODEL = recording as unknown as RecordedModel;
const LOOP = new RecordedRole(MODEL, MODEL.roles[0].name);

/** Pages of content that requests ask for: 4 MiB, some of which stay in the last level. Assumed. */
const CONTENT_PAGES = 1024;
const READ_BYTES = 4096;
const MAX_EVENTS = 1024;
const WAIT_FOREVER = -1;
/** Site index of native application code, apart from the stubs. */
const JNI_SITE = 3;
/** Managed code around a native call: marshalling and the use of its result. Assumed. */
const GLUE_SITE = 40;
const GLUE_INSTRUCTIONS = 100;

/** Parameters of an event-loop server. */
const LOOP_PARAMS = {
  loops: {
    kind: 'integer',
    default: 0,
    min: 0,
    max: 64,
    unit: 'count',
    doc: 'Event-loop threads, each with its share of the connections; 0: one a core; 1 as recorded',
  },
  syscallSite: SITE_PARAM,
  attack: ATTACK_PARAM,
  wildPerSecond: WILD_PARAM,
  ...CONTENT_PARAMS,
  ...PAYLOAD_PARAMS,
} as const satisfies Record<string, ParamSpec>;

/** Parameters of the native half of a mixed process. */
const NATIVE_PARAMS = {
  jniCalls: {
    kind: 'integer',
    default: 10,
    min: 0,
    max: 10000,
    unit: 'calls/request',
    doc: 'Calls of native methods per request',
  },
  jniInstructions: {
    kind: 'integer',
    default: 400,
    min: 10,
    max: 1e6,
    unit: 'instructions',
    doc: 'Instructions that each native method retires',
  },
} as const satisfies Record<string, ParamSpec>;

/** What a request does between reading its file and answering. */
type Middle = (env: ThreadEnv, role: RoleScript) => () => void;

/** Event-loop server on java.nio, as recorded: one thread waits, reads, answers. */
export const javaNio: Workload = {
  name: 'java-nio',
  doc: 'Recorded event-loop server on java.nio: 4 system calls a request, 1 KiB replies',
  params: { ...CLIENT_PARAMS, ...LOOP_PARAMS },
  build: (context, params) => build(context, params, () => () => {}),
};

/** The same server with application code in C: every request calls native methods through JNI. */
export const javaMixed: Workload = {
  name: 'java-mixed',
  doc: 'Mixed native and managed process: the event-loop server with JNI calls in every request',
  params: { ...CLIENT_PARAMS, ...LOOP_PARAMS, ...NATIVE_PARAMS },
  build: (context, params) => build(context, params, nativeMiddle(params)),
};

function nativeMiddle(params: Params): Middle {
  const calls = Number(params['jniCalls']);
  const instructions = Number(params['jniInstructions']);
  return (env, { script }) => {
    const handler = env.functionOf('handler');
    const jni = env.functionOf('jni');
    const native: Site = script.site('native', JNI_SITE, instructions);
    const glue: Site = script.site('jit', GLUE_SITE, GLUE_INSTRUCTIONS);
    return () => {
      for (let i = 0; i < calls; i++) {
        script.call(handler);
        script.work(glue, GLUE_INSTRUCTIONS);
        script.call(jni);
        script.work(native, instructions);
        script.return();
        script.return();
      }
    };
  };
}

function build(context: BuildContext, params: Params, middle: Middle): Application {
  const loops = Number(params['loops']) || context.cores;
  const connections = Number(params['connections']);
  const fds = layout(loops, connections);
  const replyBytes = LOOP.bytes('write:socket');
  const payload = new Payload(params, connections, replyBytes, context.openStream('client.payload'));
  const content = { key: keyLaw(params, CONTENT_PAGES), payload };
  const threads = Array.from({ length: loops }, (_, i) => {
    const name = `loop${i}`;
    const program: Program = (env) => {
      const role = new RoleScript(env, LOOP, String(params['syscallSite']), name, i, loops);
      return serve(
        env,
        role,
        { ...fds, ...content, epoll: i, mine: fds.sockets.filter((_fd, connection) => connection % loops === i) },
        middle(env, role),
      );
    };
    // A request needs nothing of another, so that calls may gather over several of them.
    return { name, nice: 0, program, buffer: name, runsAhead: true };
  });
  const exchange = { requestBytes: MODEL.totals.requestBytes, replyBytes, payload };
  return {
    processes: [serverProcess('server', withHostile(context, threads), { files: fds.files, words: 1 })],
    traffic: makeClients(context, params, exchange),
  };
}

interface Descriptors {
  readonly content: number;
  readonly log: number;
  readonly sockets: readonly number[];
}

/** What requests ask for. */
interface Content {
  readonly key: KeyLaw;
  readonly payload: Payload;
}

/** Files of the process: one epoll instance a loop, content, log, then the connections. */
function layout(loops: number, connections: number): Descriptors & { readonly files: readonly FileSpec[] } {
  const epolls = Array.from({ length: loops }, (): FileSpec => ({ kind: 'epoll' }));
  const sockets = Array.from({ length: connections }, (_, connection): FileSpec => ({
    kind: 'socket',
    connection,
    nonblocking: true,
  }));
  const first = loops + 2;
  return {
    content: loops,
    log: loops + 1,
    sockets: sockets.map((_, connection) => first + connection),
    files: [...epolls, { kind: 'pagecache', pages: CONTENT_PAGES }, { kind: 'log' }, ...sockets],
  };
}

function* serve(
  env: ThreadEnv,
  role: RoleScript,
  fds: Descriptors & Content & { readonly epoll: number; readonly mine: readonly number[] },
  middle: () => void,
): Generator<void, void, number> {
  yield* startThread(env, role);
  for (const fd of fds.mine) role.script.syscall('epoll_add', fds.epoll, fd);
  for (;;) {
    role.step('epoll_wait:block', 'epoll_wait', fds.epoll, MAX_EVENTS, WAIT_FOREVER);
    const count = yield;
    for (let i = 0; i < count; i++) {
      answer(env, role, fds, env.ready[i], middle);
      yield;
    }
  }
}

function answer(env: ThreadEnv, role: RoleScript, fds: Descriptors & Content, fd: number, middle: () => void): void {
  const handler = env.functionOf('handler');
  role.script.call(handler);
  role.step('read:socket', 'read', fd, READ_BYTES);
  role.step('pread64:file', 'pread64', fds.content, LOOP.bytes('pread64:file'), fds.key(env.rng));
  role.script.return();
  middle();
  role.script.call(handler);
  role.step('write:log', 'write', fds.log, LOOP.bytes('write:log'));
  role.step('write:socket', 'write', fd, fds.payload.of(fd - fds.sockets[0]));
  role.script.return();
}
