import type { Application, BuildContext, FileSpec, Program, ThreadEnv } from '../kernel/abi.ts';
import { CLIENT_PARAMS, makeClients } from './clients.ts';
import type { RecordedModel } from './recorded/model.ts';
import { RECORDED_CYCLES_PER_NS, RecordedRole } from './recordedserver.ts';
import type { ReplayModel, ReplayStep, StepKind } from './replaymodel.ts';
import { ATTACK_PARAM, WILD_PARAM, RoleScript, serverProcess, SITE_PARAM, startThread, withHostile } from './server.ts';
import type { ParamSpec, Params, Workload } from './workload.ts';

/** Pages of content that requests ask for: 4 MiB, some of which stay in the last level. Assumed. */
const CONTENT_PAGES = 1024;
const READ_BYTES = 4096;
const MAX_EVENTS = 1024;
const WAIT_FOREVER = -1;
/** A futex word that is never set, and a value that it does not hold: a wait for it returns at once. */
const WORD = 0;
const OTHER_VALUE = 1;
/** No descriptor, and a page below all regions. */
const NOTHING = -1;
const WAIT = 'wait for requests';
const OTHER = 'between calls that are left out';

/** Parameters of every replayed server. */
const REPLAY_PARAMS = {
  ...CLIENT_PARAMS,
  loops: {
    kind: 'integer',
    default: 0,
    min: 0,
    max: 64,
    unit: 'count',
    doc: 'Threads that answer requests, each with its share of the connections; 0: one a core',
  },
  traceGHz: {
    kind: 'number',
    default: RECORDED_CYCLES_PER_NS,
    min: 0.1,
    max: 10,
    unit: 'GHz',
    doc: 'Clock of the machine on which the trace was taken: turns its times into instructions',
  },
  syscallSite: SITE_PARAM,
  attack: ATTACK_PARAM,
  wildPerSecond: WILD_PARAM,
} as const satisfies Record<string, ParamSpec>;

/** A server that does per request what its trace shows; threads that hand requests to each other are one thread here. */
export function replayWorkload(name: string, model: ReplayModel): Workload {
  return {
    name,
    doc: `Replay of the trace ${model.name}: ${model.steps.length} call sites a request`,
    params: REPLAY_PARAMS,
    build: (context, params) => build(model, context, params),
  };
}

interface Descriptors {
  readonly epoll: number;
  readonly content: number;
  readonly log: number;
  readonly spare: number;
  readonly mine: readonly number[];
}

function build(model: ReplayModel, context: BuildContext, params: Params): Application {
  const loops = Number(params['loops']) || context.cores;
  const connections = Number(params['connections']);
  const server = asRole(model, Number(params['traceGHz']));
  const first = loops + 3;
  const threads = Array.from({ length: loops }, (_, i) => {
    const name = `loop${i}`;
    const all = Array.from({ length: connections }, (_fd, connection) => first + connection);
    const mine = all.filter((_fd, connection) => connection % loops === i);
    const fds = { epoll: i, content: loops, log: loops + 1, spare: loops + 2, mine };
    const program: Program = (env) =>
      serve(env, new RoleScript(env, server, String(params['syscallSite']), name, i, loops), fds, model);
    return { name, nice: 0, program, buffer: name };
  });
  return {
    processes: [serverProcess('server', withHostile(context, threads), { files: files(loops, connections), words: 1 })],
    traffic: makeClients(context, params, model),
  };
}

/** One epoll instance a loop, content, log, a descriptor whose interest is changed, then the connections. */
function files(loops: number, connections: number): readonly FileSpec[] {
  const epolls = Array.from({ length: loops }, (): FileSpec => ({ kind: 'epoll' }));
  const sockets = Array.from({ length: connections }, (_, connection): FileSpec => ({
    kind: 'socket',
    connection,
    nonblocking: true,
  }));
  return [...epolls, { kind: 'pagecache', pages: CONTENT_PAGES }, { kind: 'log' }, { kind: 'eventfd' }, ...sockets];
}

/** The user times of a model, as instructions are counted for recorded servers, with the clock of its own machine. */
function asRole(model: ReplayModel, gigahertz: number): RecordedRole {
  const scale = gigahertz / RECORDED_CYCLES_PER_NS;
  const times = [
    ...model.steps.map(({ id, userNs }) => [id, userNs] as const),
    [WAIT, model.waitNs] as const,
    [OTHER, model.otherNs] as const,
  ];
  const sites = times.map(([id, userNs]) => ({ id, userNs: userNs * scale }));
  return new RecordedRole(
    { name: model.name, roles: [{ name: 'server', sites }] } as unknown as RecordedModel,
    'server',
  );
}

/** A thread with the request in its hands. */
interface Turn {
  readonly role: RoleScript;
  readonly env: ThreadEnv;
  readonly fds: Descriptors;
  fd: number;
}

/** What each kind of step asks of the kernel. */
const CALLS: Readonly<Record<StepKind, (turn: Turn, step: ReplayStep, bytes: number) => void>> = {
  receive: ({ role, fd }, { id }) => role.step(id, 'read', fd, READ_BYTES),
  send: ({ role, fd }, { id }, bytes) => role.step(id, 'write', fd, bytes),
  readFile: ({ role, env, fds }, { id }, bytes) =>
    role.step(id, 'pread64', fds.content, bytes, env.rng.below(CONTENT_PAGES)),
  appendLog: ({ role, fds }, { id }, bytes) => role.step(id, 'write', fds.log, bytes),
  control: ({ role, fd }, { id }) => role.step(id, 'fcntl', fd),
  changeInterest: ({ role, fds }, { id }) => role.step(id, 'epoll_add', fds.epoll, fds.spare),
  poll: ({ role, fds }, { id }) => role.step(id, 'epoll_wait', fds.epoll, 1, 0),
  wake: ({ role }, { id }) => role.step(id, 'futex_wake', WORD, 1),
  check: ({ role }, { id }) => role.step(id, 'futex_wait', WORD, OTHER_VALUE),
  identity: ({ role }, { id }) => role.step(id, 'getpid'),
  clock: ({ role }, { id }) => role.step(id, 'clock_gettime'),
  yield: ({ role }, { id }) => role.step(id, 'sched_yield'),
  // On a descriptor and a page that the process does not have, so that nothing changes.
  plain: ({ role }, { id, call }) => role.step(id, call!, NOTHING, 1),
};

function* serve(env: ThreadEnv, role: RoleScript, fds: Descriptors, model: ReplayModel): Generator<void, void, number> {
  const plan = new RequestPlan(model);
  const turn: Turn = { role, env, fds, fd: -1 };
  const ready = new Int32Array(env.ready.length);
  yield* startThread(env, role);
  for (const fd of fds.mine) role.script.syscall('epoll_add', fds.epoll, fd);
  for (;;) {
    role.step(WAIT, 'epoll_wait', fds.epoll, MAX_EVENTS, WAIT_FOREVER);
    const count = yield;
    // A poll in the middle of a request writes the list anew.
    ready.set(env.ready.subarray(0, count));
    for (let i = 0; i < count; i++) {
      turn.fd = ready[i];
      plan.answer(turn);
      yield;
    }
  }
}

/** Spreads steps that are made less or more than once a request over requests, evenly and without chance. */
class RequestPlan {
  readonly #model: ReplayModel;
  readonly #due: Float64Array;
  readonly #firstReceive: number;
  readonly #lastSend: number;

  constructor(model: ReplayModel) {
    this.#model = model;
    this.#due = new Float64Array(model.steps.length);
    this.#firstReceive = model.steps.findIndex(({ kind }) => kind === 'receive');
    this.#lastSend = model.steps.findLastIndex(({ kind }) => kind === 'send');
  }

  /** Reads the request, does what is due, and sends what is left of the reply. */
  answer(turn: Turn): void {
    const { steps, requestBytes, replyBytes } = this.#model;
    let unsent = replyBytes;
    this.#read(turn, requestBytes);
    for (let i = 0; i < steps.length; i++) {
      for (let times = this.#take(i); times > 0; times--) {
        const step = steps[i];
        // The reply ends with the last part; parts before it send what they did, but no more than is left.
        const bytes = step.kind === 'send' ? Math.min(step.bytes, unsent - 1) : step.bytes;
        if (step.kind === 'send') unsent -= Math.max(0, bytes);
        if (step.kind !== 'send' || bytes > 0) CALLS[step.kind](turn, step, bytes);
      }
    }
    turn.role.workBefore(OTHER);
    const id = this.#lastSend < 0 ? OTHER : steps[this.#lastSend].id;
    turn.role.step(id, 'write', turn.fd, unsent);
  }

  #read({ role, fd }: Turn, bytes: number): void {
    const id = this.#firstReceive < 0 ? WAIT : this.#model.steps[this.#firstReceive].id;
    role.step(id, 'read', fd, Math.max(READ_BYTES, bytes));
  }

  /** Executions of a step that are due in this request; of the reads of requests and ends of replies, those beyond the one of each request. */
  #take(i: number): number {
    const isOwn = i === this.#firstReceive || i === this.#lastSend;
    this.#due[i] += Math.max(0, this.#model.steps[i].perRequest - (isOwn ? 1 : 0));
    const times = Math.floor(this.#due[i] + ROUNDING);
    this.#due[i] -= times;
    return times;
  }
}

/** Sums of rates such as 0.1 count as whole when they miss it by less. */
const ROUNDING = 1e-9;
