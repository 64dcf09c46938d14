import type { Application, BuildContext, Program, ThreadEnv } from '../kernel/abi.ts';
import { Script } from './script.ts';
import { serverProcess } from './server.ts';
import type { Params, Workload } from './workload.ts';

/** Compute-bound Java: units of work without any system call. No policy can gain or lose on it (Revell in the 2004 thread). */
export const javaCompute: Workload = {
  name: 'java-compute',
  doc: 'Compute-bound Java threads that make no system calls; a request is one unit of work',
  params: {
    threads: { kind: 'integer', default: 4, min: 0, max: 256, unit: 'count', doc: 'Busy threads; 0: one a core' },
    unitInstructions: {
      kind: 'integer',
      default: 50000,
      min: 1000,
      max: 200000,
      unit: 'instructions',
      doc: 'Instructions of one unit of work',
    },
  },
  build,
};

function build(context: BuildContext, params: Params): Application {
  const count = Number(params['threads']) || context.cores;
  const instructions = Number(params['unitInstructions']);
  const threads = Array.from({ length: count }, (_, i) => {
    const name = `worker${i}`;
    const program: Program = (env) => compute(env, new Script(env, name, i, count), instructions, context);
    return { name, nice: 0, program, buffer: name };
  });
  return { processes: [serverProcess('server', threads, { files: [], words: 1 })] };
}

function* compute(
  env: ThreadEnv,
  script: Script,
  instructions: number,
  context: BuildContext,
): Generator<void, void, number> {
  const site = script.site('jit', 1, instructions);
  script.call(env.functionOf('loop'));
  for (;;) {
    script.work(site, instructions);
    const began = env.now();
    context.begin(began);
    yield;
    context.complete(env.now() - began, env.now());
  }
}
