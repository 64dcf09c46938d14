import type { Application, BuildContext, ThreadEnv } from '../../kernel/abi.ts';
import type { RoleScript } from '../server.ts';
import type { Params, Workload } from '../workload.ts';
import { acceptFor, acceptorOf, ACCEPT_WORK } from './parts/acceptor.ts';
import { Front } from './parts/front.ts';
import { Loop, LOOP_FILES, LOOP_WORK } from './parts/loop.ts';
import { MANAGED_PARAMS, replyBytes, requestInstructions } from './parts/params.ts';
import { inHandler, managedProcess, type Actor } from './parts/process.ts';
import { Service } from './parts/service.ts';
import { integer } from './parts/spec.ts';
import { stated } from './parts/stated.ts';
import { Talk, TALK_WORK } from './parts/talk.ts';

/** A request of HTTP/1.1 with its headers. Assumed. */
const REQUEST_BYTES = 200;

/** Event loops as Netty has them: each owns its connections, and does everything for them itself. */
export const eventLoop: Workload = {
  name: 'event-loop',
  doc: 'Event loops in the manner of Netty: epoll_wait, then a read and a write for each ready connection; an acceptor hands new ones over',
  params: {
    ...MANAGED_PARAMS,
    loops: integer(
      0,
      [0, 64],
      'count',
      'Event loops; 0: one a core. Netty makes two a core, of which half are idle under even load',
    ),
    replyBytes: replyBytes(1024, 'Mean size of a reply, as of the recorded servers'),
    requestInstructions: requestInstructions(15_000, 'Decoding, pipeline of handlers, encoding, some 5 us; assumed'),
  },
  build,
};

function build(context: BuildContext, params: Params): Application {
  const count = Number(params['loops']) || context.cores;
  const service = new Service(context, params, { requestBytes: REQUEST_BYTES, items: 1 });
  const loops = Array.from({ length: count }, (_, i) => new Loop<number>(i * LOOP_FILES));
  const front = new Front(service.transport, count * LOOP_FILES, service.connections, true);
  const work = stated({ ...TALK_WORK, ...LOOP_WORK, ...ACCEPT_WORK, handle: Number(params['requestInstructions']) });
  const actors = loops.map((loop, i): Actor => {
    const mine = front.shareOf(i, count);
    return { name: `loop${i}`, work, run: (env, role) => run(env, role, { loop, service, front }, mine) };
  });
  const files = [...loops.flatMap((loop) => loop.files), ...front.files];
  const all = [...actors, ...acceptorOf(front, work, (_env, role) => acceptFor(role, front, loops))];
  return { processes: [managedProcess(context, params, all, { files })], traffic: service.traffic() };
}

interface Own {
  readonly loop: Loop<number>;
  readonly service: Service;
  readonly front: Front;
}

function* run(
  env: ThreadEnv,
  role: RoleScript,
  { loop, service, front }: Own,
  mine: readonly number[],
): Generator<void, void, number> {
  const talk = new Talk(role, service, front);
  yield* loop.start(role, mine);
  for (;;) {
    for (const fd of loop.takeMessages()) role.step('register', 'epoll_add', loop.epoll, fd);
    const ready = yield* loop.wait(env, role);
    for (const fd of ready) yield* inHandler(env, role, answer(role, talk, fd));
  }
}

function* answer(role: RoleScript, talk: Talk, fd: number): Generator<void, void, number> {
  const isThere = yield* talk.receive(fd);
  if (!isThere) return;
  role.workBefore('handle');
  yield* talk.reply(fd);
}
