import type { BuildContext, ProcessSpec, Program, RegionSpec, ThreadEnv, ThreadSpec } from '../../../kernel/abi.ts';
import { RoleScript, serverProcess, startThread, withHostile, type Worked } from '../../server.ts';
import type { Params } from '../../workload.ts';

/** Pages of a thread's stack and buffers. */
const BUFFER_PAGES = 8;

/** A thread of a server: its work, and what it does. Threads of compiled managed code if `syscallSite` says where they make calls, else native ones. */
export interface Actor {
  readonly name: string;
  readonly work: Worked;
  readonly run: (env: ThreadEnv, role: RoleScript) => Generator<void, void, number>;
}

/** What a process is made of beside its threads. */
export interface ProcessParts {
  readonly files: ProcessSpec['files'];
  /** Futex words; one if absent. */
  readonly words?: number;
  /** Threads that clone makes, by index. */
  readonly children?: readonly Actor[];
  /** Memory beside heap and stacks. */
  readonly data?: readonly RegionSpec[];
}

/** A managed server: JIT output that the runtime marks for kernel mode, with the hostile thread of the run if it has one. */
export function managedProcess(
  context: BuildContext,
  params: Params,
  actors: readonly Actor[],
  parts: ProcessParts,
): ProcessSpec {
  const site = String(params['syscallSite']);
  return assemble(context, actors, parts, ({ work, run }, name, index, share) => {
    return function* program(env) {
      const role = new RoleScript(env, work, site, name, index, share);
      yield* startThread(env, role);
      yield* run(env, role);
    };
  });
}

/** A native server: nothing of it is verified code, so that only the capability for a whole process brings it to kernel mode. */
export function nativeProcess(context: BuildContext, actors: readonly Actor[], parts: ProcessParts): ProcessSpec {
  return assemble(context, actors, parts, ({ work, run }, name, index, share) => {
    return function* program(env) {
      const role = new RoleScript(env, work, 'managed', name, index, share, 'native');
      role.script.syscall('syskernelmode', 1);
      yield;
      yield* run(env, role);
    };
  });
}

type AsProgram = (actor: Actor, buffer: string, index: number, share: number) => Program;

function assemble(
  context: BuildContext,
  actors: readonly Actor[],
  { files, words = 1, children = [], data = [] }: ProcessParts,
  programOf: AsProgram,
): ProcessSpec {
  const share = actors.length + children.length;
  const asThread = (actor: Actor, index: number): ThreadSpec => {
    return { name: actor.name, nice: 0, buffer: actor.name, program: programOf(actor, actor.name, index, share) };
  };
  const threads = withHostile(context, actors.map(asThread));
  const born = children.map((actor, i) => asThread(actor, actors.length + i));
  const spec = serverProcess('server', threads, { files, words });
  const kept = spec.regions.filter(({ name }) => !threads.some(({ buffer }) => buffer === name));
  const buffers = [...threads, ...born].map(({ buffer }): RegionSpec => {
    return { name: buffer, pages: BUFFER_PAGES, kind: 'data' };
  });
  return { ...spec, regions: [...kept, ...data, ...buffers], children: born };
}

/** Runs part of a thread within a compiled method that is marked for kernel mode: native code may have dropped the thread before. */
export function* inHandler<T>(
  env: ThreadEnv,
  role: RoleScript,
  body: Generator<void, T, number>,
): Generator<void, T, number> {
  role.script.call(env.functionOf('handler'));
  const result = yield* body;
  role.script.return();
  return result;
}
