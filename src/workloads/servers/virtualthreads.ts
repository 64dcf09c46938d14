import type { Application, BuildContext } from '../../kernel/abi.ts';
import { LINE_BYTES, LINES_PER_PAGE } from '../../sim/units.ts';
import type { Params, Workload } from '../workload.ts';
import { acceptorOf, ACCEPT_WORK } from './parts/acceptor.ts';
import { Database, DATABASE_PARAMS, DATABASE_WORK } from './parts/database.ts';
import { Front } from './parts/front.ts';
import { MANAGED_PARAMS, replyBytes, requestInstructions } from './parts/params.ts';
import { managedProcess, type Actor } from './parts/process.ts';
import { QUEUE_WORK, WorkQueue } from './parts/queue.ts';
import { Service } from './parts/service.ts';
import { integer } from './parts/spec.ts';
import { stated, type Work } from './parts/stated.ts';
import { TALK_WORK } from './parts/talk.ts';
import { adopt, carry, CHUNKS, poll, startThreadOn, VIRTUAL_WORK, type Scheduler } from './parts/virtual.ts';

/** A request of HTTP/1.1 with its headers. Assumed. */
const REQUEST_BYTES = 200;
/** Descriptor of the poller's epoll instance, and the futex word of the carriers' queue. */
const POLLER = 0;
const RUN_WORD = 0;

/** Virtual threads: blocking code whose waits are continuations parked in the heap, run by few carriers. As in JDK 21. */
export const virtualThreads: Workload = {
  name: 'virtual-threads',
  doc: 'A virtual thread for each connection, mounted on carriers; a read without data arms the poller and parks the thread (JDK 21)',
  params: {
    ...MANAGED_PARAMS,
    ...DATABASE_PARAMS,
    carriers: integer(0, [0, 64], 'count', 'Carrier threads; 0: one a core, the default of the JDK'),
    chunkBytes: integer(
      2048,
      [64, 16_384],
      'bytes',
      'Frames of a parked thread that are copied to the heap when it parks and back when it runs again; assumed for a shallow handler',
    ),
    mountInstructions: integer(
      500,
      [0, 1e6],
      'instructions',
      'Mounting or unmounting a continuation beside the copy: some 100 ns each way; assumed',
    ),
    replyBytes: replyBytes(1024, 'Mean size of a reply, as of the recorded servers'),
    requestInstructions: requestInstructions(20_000, 'Parsing, routing and the handler, some 7 us; assumed'),
  },
  build,
};

function build(context: BuildContext, params: Params): Application {
  const service = new Service(context, params, { requestBytes: REQUEST_BYTES, items: 1 });
  const front = new Front(service.transport, 1, service.connections, true);
  const database = new Database(context, params, 1 + front.files.length, true);
  const chunkLines = Math.ceil(Number(params['chunkBytes']) / LINE_BYTES);
  const scheduler: Scheduler = {
    service,
    front,
    poller: POLLER,
    runnable: new WorkQueue(RUN_WORD),
    parked: new Map(),
    connections: { queries: database.queries, free: [...database.descriptors], waiting: [] },
    chunkLines,
  };
  adopt(scheduler);
  const work = stated(workOf(params));
  const actors = [
    ...threadsOf(context, params, scheduler, work),
    ...acceptorOf(front, work, (env, role) => startThreadOn(env, role, scheduler)),
  ];
  const pages = Math.ceil((service.connections.length * chunkLines) / LINES_PER_PAGE);
  const server = managedProcess(context, params, actors, {
    files: [{ kind: 'epoll' }, ...front.files, ...database.files],
    data: [{ name: CHUNKS, pages, kind: 'data' }],
  });
  return { processes: [server, ...database.processes], traffic: database.beside(service.traffic()) };
}

function workOf(params: Params): Work {
  const mount = Number(params['mountInstructions']);
  const own = { handle: Number(params['requestInstructions']), mount, unmount: mount };
  return { ...TALK_WORK, ...QUEUE_WORK, ...DATABASE_WORK, ...ACCEPT_WORK, ...VIRTUAL_WORK, ...own };
}

function threadsOf(context: BuildContext, params: Params, scheduler: Scheduler, work: Actor['work']): readonly Actor[] {
  const count = Number(params['carriers']) || context.cores;
  const carriers = Array.from({ length: count }, (_, i): Actor => ({
    name: `carrier${i}`,
    work,
    run: (env, role) => carry(env, role, scheduler),
  }));
  return [{ name: 'poller', work, run: (env, role) => poll(env, role, scheduler) }, ...carriers];
}
