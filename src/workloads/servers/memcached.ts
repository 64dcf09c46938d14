import type { Application, BuildContext, ThreadEnv } from '../../kernel/abi.ts';
import type { RoleScript } from '../server.ts';
import type { Params, Workload } from '../workload.ts';
import { acceptFor, acceptorOf } from './parts/acceptor.ts';
import { Front } from './parts/front.ts';
import { Loop, LOOP_FILES } from './parts/loop.ts';
import { Mutex, MUTEX_WORK } from './parts/mutex.ts';
import { ReadsAndWrites } from './parts/operations.ts';
import { SERVER_PARAMS } from './parts/params.ts';
import { nativeProcess, type Actor } from './parts/process.ts';
import { Service } from './parts/service.ts';
import { integer, number } from './parts/spec.ts';
import { stated, type Work } from './parts/stated.ts';
import { Store } from './parts/store.ts';
import { Talk } from './parts/talk.ts';

/** Text protocol with keys of 16 bytes. */
const MESSAGES = { readRequest: 22, readReply: 36, writeRequest: 34, writeReply: 8 };
/** Work in user mode. Assumed: two thirds of the 1.5 us that redis takes for a command, for the text protocol is simpler. */
const WORK: Work = {
  poll: 1000,
  wakeup: 1000,
  drain: 400,
  register: 1000,
  read: 1000,
  command: 1500,
  locked: 400,
  write: 1200,
  handshake: 3000,
  accept: 3000,
  close: 1500,
};

/** memcached: worker threads with an event loop each, a hash table under locks of its buckets, a thread that accepts. */
export const memcached: Workload = {
  name: 'memcached',
  doc: 'memcached: native worker threads with epoll; a read and a sendmsg a request, a lock of the item between them',
  params: {
    ...SERVER_PARAMS,
    threads: integer(4, [1, 64], 'count', 'Worker threads; 4 is the default'),
    itemLocks: integer(2048, [1, 65_536], 'count', 'Locks of the hash table; 2048 for four threads in memcached 1.6'),
    readShare: number(
      0.97,
      [0, 1],
      'share',
      'Share of get among get and set: 30 to 1 in the ETC pool of Atikoglu et al. (SIGMETRICS 2012)',
    ),
    valueBytes: integer(300, [1, 16_000], 'bytes', 'Mean size of values; of the order of the ETC pool there; assumed'),
    items: integer(100_000, [1, 1_000_000], 'count', 'Items in memory; those beyond 64 MiB share lines'),
  },
  build,
};

interface Own {
  readonly service: Service;
  readonly front: Front;
  readonly operations: ReadsAndWrites;
  readonly store: Store;
  readonly locks: readonly Mutex[];
}

function build(context: BuildContext, params: Params): Application {
  const count = Number(params['threads']);
  const operations = new ReadsAndWrites(context, params, MESSAGES);
  const items = Number(params['items']);
  const service = new Service(context, params, { requestBytes: 0, items, sizes: operations });
  const loops = Array.from({ length: count }, (_, i) => new Loop<number>(i * LOOP_FILES));
  const front = new Front(service.transport, count * LOOP_FILES, service.connections, true);
  const locks = Array.from({ length: Number(params['itemLocks']) }, (_, word) => new Mutex(word));
  const own: Own = { service, front, operations, store: new Store(items, Number(params['valueBytes'])), locks };
  const work = stated({ ...WORK, ...MUTEX_WORK });
  const workers = loops.map((loop, i): Actor => {
    const mine = front.shareOf(i, count);
    return { name: `worker${i}`, work, run: (env, role) => run(env, role, loop, own, mine) };
  });
  const actors = [...workers, ...acceptorOf(front, work, (_env, role) => acceptFor(role, front, loops))];
  const files = [...loops.flatMap((loop) => loop.files), ...front.files];
  const parts = { files, words: locks.length, data: [own.store.region] };
  return { processes: [nativeProcess(context, actors, parts)], traffic: service.traffic() };
}

function* run(
  env: ThreadEnv,
  role: RoleScript,
  loop: Loop<number>,
  own: Own,
  mine: readonly number[],
): Generator<void, void, number> {
  const talk = new Talk(role, own.service, own.front, 'native');
  yield* loop.start(role, mine);
  for (;;) {
    for (const fd of loop.takeMessages()) role.step('register', 'epoll_add', loop.epoll, fd);
    const ready = yield* loop.wait(env, role);
    for (const fd of ready) {
      if (!(yield* talk.receive(fd))) continue;
      yield* command(env, role, own, talk.connectionOf(fd));
      yield* talk.reply(fd, 'sendmsg');
    }
  }
}

function* command(
  env: ThreadEnv,
  role: RoleScript,
  { service, operations, store, locks }: Own,
  connection: number,
): Generator<void, void, number> {
  const key = service.key();
  const lock = locks[key % locks.length];
  role.workBefore('command');
  yield* lock.lock(env, role);
  role.workBefore('locked');
  store.touch(env, role, key, operations.valueOf(connection), !operations.isRead(connection));
  yield* lock.unlock(env, role);
}
