import type { Application, BuildContext, Program, ProcessSpec, ThreadEnv, ThreadSpec } from '../kernel/abi.ts';
import { PAGE_BYTES } from '../sim/units.ts';
import { CLIENT_PARAMS, makeClients } from './clients.ts';
import { Script, STACK_PAGES } from './script.ts';
import { serverProcess } from './server.ts';
import { wishesOf, wishParams } from './wishes.ts';
import type { Params, Workload } from './workload.ts';

/** Sizes of messages. Assumed. */
const REQUEST_BYTES = 128;
const REPLY_BYTES = 512;
/** User work of a request: some microseconds. */
const REQUEST_INSTRUCTIONS = 5000;
/** User work between two looks at the clock. */
const CHUNK_INSTRUCTIONS = 20000;
const FILE_PAGES = 1024;

/** A small server that nobody trusts, beside trusted threads that compute for long and read much at a time, on the same cores. */
export const corunner: Workload = {
  name: 'corunner',
  doc: 'A small untrusted server whose latency is measured, beside trusted busy threads on the same cores',
  params: {
    ...CLIENT_PARAMS,
    busy: { kind: 'integer', default: 1, min: 0, max: 64, unit: 'count', doc: 'Trusted busy threads' },
    burstUs: {
      kind: 'number',
      default: 5000,
      min: 1,
      max: 1e6,
      unit: 'us',
      doc: 'Time that a busy thread computes between two system calls',
    },
    readKiB: {
      kind: 'integer',
      default: 4,
      min: 4,
      max: 4096,
      unit: 'KiB',
      doc: 'What that call reads from the page cache',
    },
    ...wishParams('busy', 'Busy threads'),
    ...wishParams('server', 'Threads of the server'),
  },
  build,
};

function build(context: BuildContext, params: Params): Application {
  const processes = [batch(context, params), server(context, params)];
  const exchange = { requestBytes: REQUEST_BYTES, replyBytes: REPLY_BYTES };
  return { processes, traffic: makeClients(context, params, exchange) };
}

function batch({ clock, cores }: BuildContext, params: Params): ProcessSpec {
  const wishes = wishesOf(params, 'busy', cores);
  const count = Number(params['busy']);
  const burst = clock.cycles(Number(params['burstUs']) * 1000);
  const bytes = Number(params['readKiB']) * 1024;
  const threads = Array.from({ length: count }, (_, i): ThreadSpec => {
    const name = `busy${i}`;
    const program: Program = (env) => compute(env, new Script(env, name, i, count), burst, bytes);
    return { name, ...wishes, program, buffer: name };
  });
  const spec = serverProcess('batch', threads, { files: [{ kind: 'pagecache', pages: FILE_PAGES }], words: 1 });
  const pages = Math.max(STACK_PAGES, Math.ceil(bytes / PAGE_BYTES));
  const isBuffer = new Set(threads.map(({ buffer }) => buffer));
  const regions = spec.regions.map((region) =>
    isBuffer.has(region.name) ? Object.assign({}, region, { pages }) : region,
  );
  return { ...spec, regions };
}

function* compute(env: ThreadEnv, script: Script, burst: number, bytes: number): Generator<void, void, number> {
  const site = script.site('jit', 1, CHUNK_INSTRUCTIONS);
  script.call(env.functionOf('loop'));
  for (;;) {
    const began = env.now();
    while (env.now() - began < burst) {
      script.work(site, CHUNK_INSTRUCTIONS);
      yield;
    }
    script.syscall('pread64', 0, bytes, 0);
    yield;
  }
}

/** One thread for each connection. */
function server({ cores }: BuildContext, params: Params): ProcessSpec {
  const wishes = wishesOf(params, 'server', cores);
  const connections = Number(params['connections']);
  const threads = Array.from({ length: connections }, (_, i): ThreadSpec => {
    const name = `server${i}`;
    return { name, ...wishes, buffer: name, program: (env) => answer(new Script(env, name, i, connections), i) };
  });
  const files = threads.map((_, connection) => ({ kind: 'socket', connection, nonblocking: false }) as const);
  return { ...serverProcess('server', threads, { files, words: 1 }), isTrusted: false };
}

function* answer(script: Script, connection: number): Generator<void, void, number> {
  const site = script.site('jit', 1, REQUEST_INSTRUCTIONS);
  for (;;) {
    script.syscall('read', connection, REQUEST_BYTES);
    yield;
    script.work(site, REQUEST_INSTRUCTIONS);
    script.syscall('write', connection, REPLY_BYTES);
    yield;
  }
}
