import type { Application, BuildContext, ProcessSpec, RegionSpec, ThreadEnv, ThreadSpec } from '../../kernel/abi.ts';
import { LINES_PER_PAGE, PAGE_BYTES } from '../../sim/units.ts';
import { FUNCTIONS } from '../server.ts';
import type { Params, ParamSpec, Workload } from '../workload.ts';
import { callOperations } from './calls.ts';
import { memoryOperations } from './memory.ts';
import { messageOperations } from './messages.ts';
import type { MicroProgram, Operation, Sizes } from './operation.ts';
import { Steps } from './step.ts';
import { switchOperations } from './switches.ts';

/** Micro-benchmarks by name. A new one is a row in the file of its family. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...callOperations,
  ...switchOperations,
  ...memoryOperations,
  ...messageOperations,
};

const size = (value: number, min: number, max: number, doc: string): ParamSpec => ({
  kind: 'integer',
  default: value,
  min,
  max,
  unit: 'count',
  doc,
});

/** An operation again and again, each time timed: a request of this workload is one operation. */
export const micro: Workload = {
  name: 'micro',
  doc: 'Micro-benchmarks in the manner of lmbench: one operation again and again, its time as latency',
  params: {
    operation: {
      kind: 'choice',
      default: 'null',
      choices: Object.keys(OPERATIONS),
      unit: 'none',
      doc: 'What is timed',
    },
    bytes: size(1, 1, 1 << 23, 'Bytes of a read or write, or of a working set between two calls'),
    pages: size(1, 0, 32_768, 'Pages of a mapping, of a working set, or that a process of a ring reads'),
    processes: size(2, 2, 32, 'Processes of a ring, or threads of a process that is shot down'),
    descriptors: size(10, 1, 512, 'Descriptors of poll, select and epoll'),
    batch: size(1, 1, 128, 'Entries of one submission to io_uring'),
    userPages: size(
      0,
      0,
      4096,
      'Pages of user data read before each operation, untimed, so that it finds the caches full of them',
    ),
    userCode: size(0, 0, 4096, 'Lines of user code executed before each operation, untimed'),
  },
  build,
};

const SIZES = ['bytes', 'pages', 'processes', 'descriptors', 'batch', 'userPages', 'userCode'] as const;
/** Futex words of a process. */
const WORDS = 4;
/** Least pages of the buffer: room for 1 MiB, as of a stack. */
const BUFFER_PAGES = 260;

function build(context: BuildContext, params: Params): Application {
  const operation = OPERATIONS[String(params['operation'])];
  const sizes = Object.fromEntries(SIZES.map((name) => [name, Number(params[name])])) as Record<keyof Sizes, number>;
  const record = (cycles: number, now: number): void => {
    context.begin(now - cycles);
    context.complete(cycles, now);
  };
  const timed = (env: ThreadEnv) => measure(env, operation.measured, sizes, record);
  const others = (operation.threads?.(sizes) ?? []).map((program) => (env: ThreadEnv) => repeat(env, program, sizes));
  const children = (operation.children ?? []).map((loop) => (env: ThreadEnv) => once(env, loop, sizes));
  const main = processOf('micro', operation, sizes, [timed, ...others], children);
  const rest = (operation.processes?.(sizes) ?? []).map((program, i) =>
    processOf(`peer${i}`, operation, sizes, [(env) => repeat(env, program, sizes)], []),
  );
  return { processes: [main, ...rest] };
}

type Runner = (env: ThreadEnv) => Generator<void, void, number>;

function processOf(
  name: string,
  operation: Operation,
  sizes: Sizes,
  threads: readonly Runner[],
  children: readonly Runner[],
): ProcessSpec {
  const { handler } = operation;
  const asThread = (program: Runner, i: number): ThreadSpec => {
    return { name: `thread${i}`, nice: 0, program, buffer: 'buffer' };
  };
  return {
    name,
    isTrusted: true,
    regions: regionsOf(operation, sizes),
    functions: FUNCTIONS,
    files: operation.files?.(sizes) ?? [],
    words: WORDS,
    threads: threads.map(asThread),
    children: children.map(asThread),
    ...(handler === undefined ? {} : { handler: (env) => once(env, handler, sizes) }),
  };
}

/** Code, the buffer of all threads, the working set, and user data and code to go through before each operation, if there are any. */
function regionsOf({ bufferPages = pagesOfBytes }: Operation, sizes: Sizes): readonly RegionSpec[] {
  const { pages, userPages, userCode } = sizes;
  const regions: RegionSpec[] = [
    { name: 'jit', pages: 4, kind: 'verified' },
    { name: 'native', pages: 4, kind: 'native' },
    { name: 'buffer', pages: Math.max(BUFFER_PAGES, bufferPages(sizes)), kind: 'data' },
    { name: 'set', pages: Math.max(1, pages), kind: 'data' },
  ];
  if (userPages > 0) regions.push({ name: 'userData', pages: userPages, kind: 'data' });
  if (userCode > 0) regions.push({ name: 'userCode', pages: Math.ceil(userCode / LINES_PER_PAGE), kind: 'native' });
  return regions;
}

function pagesOfBytes({ bytes }: Sizes): number {
  return Math.ceil(bytes / PAGE_BYTES);
}

/** Repeats a program for ever and tells the time of each round. */
function* measure(
  env: ThreadEnv,
  { prepare, loop, between }: MicroProgram,
  sizes: Sizes,
  complete: (cycles: number, now: number) => void,
): Generator<void, void, number> {
  const steps = new Steps(env);
  yield* steps.enterLoop();
  const prepared = yield* prepare?.(steps, sizes) ?? [];
  for (let last = env.now(); ;) {
    if (sizes.userPages + sizes.userCode > 0) {
      yield* steps.goThrough(sizes.userPages, sizes.userCode);
      last = env.now();
    }
    yield* loop(steps, sizes, prepared);
    const now = env.now();
    complete(now - last, now);
    if (between !== undefined) yield* between(steps, sizes);
    last = between === undefined ? now : env.now();
  }
}

function* repeat(env: ThreadEnv, { prepare, loop }: MicroProgram, sizes: Sizes): Generator<void, void, number> {
  const steps = new Steps(env);
  yield* steps.enterLoop();
  const prepared = yield* prepare?.(steps, sizes) ?? [];
  for (;;) yield* loop(steps, sizes, prepared);
}

function* once(env: ThreadEnv, loop: MicroProgram['loop'], sizes: Sizes): Generator<void, void, number> {
  yield* loop(new Steps(env), sizes, undefined);
}
