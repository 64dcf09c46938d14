import type { ThreadEnv } from '../../../kernel/abi.ts';
import type { RoleScript } from '../../server.ts';
import { QUERY_BYTES, ROW_BYTES } from './database.ts';
import type { Front } from './front.ts';
import { inHandler } from './process.ts';
import type { WorkQueue } from './queue.ts';
import type { Service } from './service.ts';
import type { Work } from './stated.ts';
import { Talk } from './talk.ts';

/** Region of the frames of parked threads. */
export const CHUNKS = 'chunks';
/** Work of the poller and of a thread before it parks: a map from descriptors to threads. Assumed. */
export const VIRTUAL_WORK: Work = { arm: 800, poll: 1200 };

/** Events asked for at a time, and the timeout of epoll_wait. */
const MAX_EVENTS = 1024;
const WAIT_FOREVER = -1;
/** EPOLLIN and EPOLLONESHOT in the model's spelling. */
const READ_ONCE = 1 + (1 << 16);
/** What a virtual thread yields to leave its carrier; otherwise it waits for a system call. */
const PARK = 'park';
type Life = Generator<typeof PARK | void, void, number>;

/** Connections to a database: nobody sleeps in the kernel for one. */
interface Connections {
  readonly queries: number;
  readonly free: number[];
  readonly waiting: VirtualThread[];
}

/** What carriers, poller and virtual threads share. */
export interface Scheduler {
  readonly service: Service;
  readonly front: Front;
  /** Descriptor of the epoll instance of the poller. */
  readonly poller: number;
  readonly runnable: WorkQueue<VirtualThread>;
  /** Who waits for a descriptor. */
  readonly parked: Map<number, VirtualThread>;
  readonly connections: Connections;
  readonly chunkLines: number;
}

/** The carrier that a virtual thread is on. */
interface Carrier {
  readonly env: ThreadEnv;
  readonly role: RoleScript;
  readonly talk: Talk;
}

/** A virtual thread that serves one connection. */
class VirtualThread {
  readonly fd: number;
  /** Lines of its frames within the region. */
  readonly chunk: number;
  readonly life: Life;
  /** Set while it is mounted. */
  carrier: Carrier | undefined = undefined;
  isParked = false;
  /** Somebody woke it before it had parked. */
  hasPermit = false;

  constructor(fd: number, scheduler: Scheduler) {
    this.fd = fd;
    this.chunk = scheduler.front.peer(fd).connection * scheduler.chunkLines;
    this.life = live(this, scheduler);
  }

  get on(): Carrier {
    return this.carrier!;
  }
}

/** A carrier: runs virtual threads until they park, one after the other. */
export function* carry(env: ThreadEnv, role: RoleScript, scheduler: Scheduler): Generator<void, void, number> {
  const carrier = { env, role, talk: new Talk(role, scheduler.service, scheduler.front) };
  for (;;) {
    const thread = yield* scheduler.runnable.take(env, role);
    yield* inHandler(env, role, mounted(thread, carrier, scheduler));
  }
}

/** Makes the threads of the connections that are open at the start; they run before they wait. */
export function adopt(scheduler: Scheduler): void {
  const { front, runnable } = scheduler;
  runnable.fill(front.descriptors.map((fd) => new VirtualThread(fd, scheduler)));
}

function* mounted(thread: VirtualThread, carrier: Carrier, scheduler: Scheduler): Generator<void, void, number> {
  const { env, role } = carrier;
  const chunk = env.lineOf(CHUNKS) + thread.chunk;
  thread.carrier = carrier;
  role.workBefore('mount');
  role.script.touch(chunk, scheduler.chunkLines, false);
  let result = 0;
  for (;;) {
    const { done, value } = thread.life.next(result);
    if (done === true) return;
    if (value === PARK) break;
    result = yield;
  }
  role.workBefore('unmount');
  role.script.touch(chunk, scheduler.chunkLines, true);
  yield;
  thread.carrier = undefined;
  thread.isParked = true;
  if (thread.hasPermit) yield* unpark(env, role, thread, scheduler);
}

/** Makes a parked thread runnable; one that has not parked yet will not. */
function* unpark(
  env: ThreadEnv,
  role: RoleScript,
  thread: VirtualThread,
  { runnable }: Scheduler,
): Generator<void, void, number> {
  thread.hasPermit = !thread.isParked;
  if (!thread.isParked) return;
  thread.isParked = false;
  yield* runnable.put(env, role, thread);
}

/** The poller: unparks threads whose descriptors have become readable. */
export function* poll(env: ThreadEnv, role: RoleScript, scheduler: Scheduler): Generator<void, void, number> {
  for (;;) {
    role.step('poll', 'epoll_wait', scheduler.poller, MAX_EVENTS, WAIT_FOREVER);
    const count = yield;
    for (const fd of env.ready.slice(0, count)) {
      const thread = scheduler.parked.get(fd);
      if (thread !== undefined) yield* unpark(env, role, thread, scheduler);
    }
  }
}

/** Accepts, and starts a virtual thread for each connection. */
export function* startThreadOn(env: ThreadEnv, role: RoleScript, scheduler: Scheduler): Generator<void, void, number> {
  const { front, runnable } = scheduler;
  for (;;) {
    role.step('accept', 'accept4', front.port, front.flags(false));
    const result = yield;
    yield* runnable.put(env, role, new VirtualThread(front.accepted(result), scheduler));
  }
}

function* live(thread: VirtualThread, scheduler: Scheduler): Life {
  for (;;) {
    while (!(yield* thread.on.talk.receive(thread.fd))) yield* parkOn(thread, thread.fd, scheduler);
    thread.on.role.workBefore('handle');
    for (let i = 0; i < scheduler.connections.queries; i++) yield* query(thread, scheduler);
    if (yield* thread.on.talk.reply(thread.fd)) return;
  }
}

/** Re-arms the descriptor at the poller, or adds it the first time, then parks. Source: JDK 21, EPollPoller.implRegister. */
function* parkOn(thread: VirtualThread, fd: number, scheduler: Scheduler): Life {
  scheduler.parked.set(fd, thread);
  thread.on.role.step('arm', 'epoll_mod', scheduler.poller, fd, READ_ONCE);
  const result = yield;
  if (result < 0) {
    thread.on.role.script.syscall('epoll_add', scheduler.poller, fd, READ_ONCE);
    yield;
  }
  yield PARK;
}

function* query(thread: VirtualThread, scheduler: Scheduler): Life {
  const { free, waiting } = scheduler.connections;
  while (free.length === 0) {
    waiting.push(thread);
    yield PARK;
  }
  const fd = free.shift()!;
  thread.on.role.step('query', 'write', fd, QUERY_BYTES);
  yield;
  yield* rows(thread, fd, scheduler);
  thread.on.role.workBefore('decode');
  free.push(fd);
  const next = waiting.shift();
  if (next !== undefined) yield* unpark(thread.on.env, thread.on.role, next, scheduler);
}

function* rows(thread: VirtualThread, fd: number, scheduler: Scheduler): Life {
  for (;;) {
    thread.on.role.step('rows', 'read', fd, ROW_BYTES);
    const bytes = yield;
    if (bytes > 0) return;
    yield* parkOn(thread, fd, scheduler);
  }
}
