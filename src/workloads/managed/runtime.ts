import {
  Landing,
  type Application,
  type AttributeName,
  type BuildContext,
  type FunctionSpec,
  type ProcessSpec,
  type ThreadEnv,
  type ThreadSpec,
} from '../../kernel/abi.ts';
import { LINES_PER_PAGE } from '../../sim/units.ts';
import type { Params } from '../workload.ts';
import { Collection, type Collector, type Plan } from './collector.ts';
import { COLLECTORS } from './collectors.ts';
import { Counters } from './counters.ts';
import { Crew, work, workBeside } from './crew.ts';
import type { PROTECTIONS } from './codecache.ts';
import { Finalizers } from './finalizers.ts';
import { Heap } from './heap.ts';
import { Jit } from './jit.ts';
import { Rare } from './rare.ts';
import { LADDERS } from './tiers.ts';
import { TRANSITIONS, type Transition } from './transitions.ts';
import type { Rng } from '../../sim/rng.ts';
import { linesOf, runtimeRegions, RUNTIME_WORDS, SERVICE_STACK_PAGES, Word } from './layout.ts';
import { ManagedThread } from './managedthread.ts';
import { Mutator } from './mutator.ts';
import { Operations } from './operations.ts';
import { POLLERS } from './pollers.ts';
import { RuntimeThread } from './runtimethread.ts';
import { Safepoint } from './safepoint.ts';

/** Lines of region `shared` on which the queues of the crews lie; the first is the top of the nursery. */
const CREW_LINE = 2;
const BESIDE_LINE = 4;
/** Threads that run finalizers. */
const FINALIZERS = 1;
/** A native thread beside the program, which no runtime stops (see `withHostile`). */
const NATIVE_THREADS: ReadonlySet<string> = new Set(['hostile']);

/**
 * Puts the trusted processes of an application on a managed runtime as the parameters (MANAGED_PARAMS) say: their threads become mutators, and
 * threads of the runtime are added. Programs need not know: what they emit is carried out with polls, allocation and barriers around it.
 */
export function hostManaged(context: BuildContext, params: Params, application: Application): Application {
  const counters = new Counters(context.stats);
  const processes = application.processes.map((spec) =>
    spec.isTrusted ? new Runtime(context, params, counters, spec).host() : spec,
  );
  return { ...application, processes };
}

/** The runtime of one process: its heap, its collector, and what its threads share. */
export class Runtime {
  readonly counters: Counters;
  readonly heap: Heap;
  readonly safepoint: Safepoint;
  readonly collection: Collection;
  readonly plan: Plan;
  /** Index of the first futex word of the runtime. */
  readonly words: number;
  /** Bytes that managed code allocates with each instruction, and instructions between two polls. */
  readonly bytesPerInstruction: number;
  readonly pollInstructions: number;
  /** Lines of the nursery that a thread takes at a time. */
  readonly pieceLines: number;
  readonly transition: Transition;
  /** Absent where everything is compiled from the start. */
  readonly jit: Jit | undefined;
  readonly #context: BuildContext;
  readonly #finalizers: Finalizers;
  readonly #functions: readonly FunctionSpec[];
  readonly #spec: ProcessSpec;
  readonly #params: Params;
  readonly #collector: Collector;
  readonly #mutators: readonly ThreadSpec[];

  constructor(context: BuildContext, params: Params, counters: Counters, spec: ProcessSpec) {
    this.#context = context;
    this.#spec = spec;
    this.#functions = functionsOf(spec, params);
    this.#params = params;
    this.counters = counters;
    this.words = spec.words;
    this.#mutators = spec.threads.filter(({ name }) => !NATIVE_THREADS.has(name));
    this.#collector = COLLECTORS[String(params['collector'])];
    this.bytesPerInstruction = Number(params['allocBytes']) / 1000;
    this.pollInstructions = Number(params['pollInstructions']);
    this.heap = makeHeap(params);
    this.pieceLines = Math.min(linesOf(Number(params['tlabKiB'])), this.heap.sizes.eden);
    this.transition = TRANSITIONS[String(params['nativeCall'])];
    this.jit = makeJit(params, counters);
    this.#finalizers = new Finalizers(counters, Number(params['finalizersPerMiB']));
    this.safepoint = new Safepoint(POLLERS[String(params['safepoints'])], counters);
    const { threads, beside } = this.#collector;
    const stopped = threads(context.cores) === 0 ? 0 : Number(params['gcThreads']) || threads(context.cores);
    const besides = beside(context.cores) === 0 ? 0 : Number(params['concurrentThreads']) || beside(context.cores);
    this.collection = new Collection({
      heap: this.heap,
      crew: new Crew(stopped, Word.Start, CREW_LINE),
      beside: new Crew(besides, Word.ConcurrentStart, BESIDE_LINE),
      operations: new Operations(this.safepoint, this.#collector.pins),
      counters,
      finalizers: this.#finalizers,
      stacks: this.#mutators.map(({ buffer }) => buffer),
    });
    this.plan = this.#collector.plan(this.collection);
  }

  /** Instructions of barriers relative to those of the program, at present. */
  get barrierShare(): number {
    const { always, active } = this.#collector.barrier;
    return (this.collection.isActive ? always + active : always) / 1000;
  }

  /** The process with its runtime. */
  host(): ProcessSpec {
    const services = this.#services();
    const stacks = services.map(({ buffer }) => ({ name: buffer, pages: SERVICE_STACK_PAGES, kind: 'data' }) as const);
    const polled = this.#mutators.length + this.collection.beside.size + FINALIZERS;
    const others = this.#spec.threads.filter(({ name }) => NATIVE_THREADS.has(name));
    return {
      ...this.#spec,
      regions: [...this.#spec.regions, ...runtimeRegions(this.#params, polled), ...stacks],
      functions: this.#functions,
      words: this.#spec.words + RUNTIME_WORDS,
      threads: [...this.#mutators.map((thread) => this.#managed(thread)), ...others, ...services],
      // The signal says that the flag is up, which the thread sees at its next poll.
      handler: (env) => new RuntimeThread(env, this.words).returnFromHandler(Landing.Same),
    };
  }

  /** First line of a region of the program and the one after its last; an empty range if it has no such region. */
  linesOf(env: ThreadEnv, region: string): readonly [number, number] {
    const spec = this.#spec.regions.find(({ name }) => name === region);
    if (spec === undefined) return [0, 0];
    const first = env.lineOf(region);
    return [first, first + spec.pages * LINES_PER_PAGE];
  }

  /** Where a function lies, and whether its work includes the transition to it: that of a native method that makes a system call does. */
  kindOf(functionId: number): { readonly isNative: boolean; readonly isPaid: boolean } {
    const { name, region } = this.#functions[functionId];
    const isNative = this.#spec.regions.some((spec) => spec.name === region && spec.kind === 'native');
    return { isNative, isPaid: name === 'stub' };
  }

  /** What befalls a thread at the rate of a parameter. */
  rare(rng: Rng, param: 'nullChecksPerSecond' | 'deoptsPerSecond'): Rare {
    return new Rare(rng, this.#context.clock, Number(this.#params[param]));
  }

  /** The random numbers of the runtime in a thread, apart from those of its program. */
  openStream(name: string): Rng {
    return this.#context.openStream(`${this.#spec.name}.${name}.runtime`);
  }

  #managed(thread: ThreadSpec): ThreadSpec {
    return { ...thread, program: (env) => new Mutator(env, this, thread.name).run(thread.program) };
  }

  #services(): ThreadSpec[] {
    const { crew, beside, operations } = this.collection;
    const native = (env: ThreadEnv): RuntimeThread => new RuntimeThread(env, this.words);
    const stoppable = (env: ThreadEnv): ManagedThread => new ManagedThread(env, this.words, this.safepoint);
    return [
      service('vm', (env) => operations.serve(native(env))),
      service('finalizer', (env) => this.#finalizers.serve(stoppable(env))),
      ...(this.jit?.compilers ?? []).map((compiler) =>
        service(compiler.compilation.code, (env) => compiler.serve(native(env), (method) => this.jit!.discard(method))),
      ),
      ...Array.from({ length: crew.size }, (_, i) => service(`gc${i}`, (env) => work(native(env), crew))),
      ...Array.from({ length: beside.size }, (_, i) =>
        service(`beside${i}`, (env) => workBeside(stoppable(env), beside)),
      ),
    ];
  }
}

function service(name: string, program: ThreadSpec['program']): ThreadSpec {
  return { name, nice: 0, program, buffer: `${name}.stack` };
}

/** Functions of the program, whose managed ones have the attribute of the parameter if it names one, and those of the runtime. */
function functionsOf({ functions, regions }: ProcessSpec, params: Params): readonly FunctionSpec[] {
  const wanted = String(params['attribute']);
  const attribute = wanted === 'own' ? undefined : (wanted as AttributeName);
  const verified = new Set(regions.filter(({ kind }) => kind === 'verified').map(({ name }) => name));
  const marked = functions.map((fn) =>
    attribute !== undefined && verified.has(fn.region) ? Object.assign({}, fn, { attribute }) : fn,
  );
  return [
    ...marked,
    { name: 'runtime', region: 'vm', attribute: 'UseCallersMode', declared: false },
    { name: 'interpreter', region: 'vm', attribute: 'UseCallersMode', declared: false },
    { name: 'compiled', region: 'stubs', attribute: attribute ?? 'AlwaysKernelMode', declared: true },
    { name: 'installer', region: 'stubs', attribute: 'AlwaysKernelMode', declared: true },
  ];
}

function makeJit(params: Params, counters: Counters): Jit | undefined {
  const { first } = LADDERS[String(params['jit'])];
  const protection = params['codeProtection'] as (typeof PROTECTIONS)[number];
  const settings = {
    methods: Number(params['methods']),
    scaling: Number(params['compileScaling']),
    work: Number(params['compileWork']),
    protection,
  };
  return first === undefined ? undefined : new Jit(first, settings, counters);
}

function makeHeap(params: Params): Heap {
  const lines = (name: string): number => linesOf(Number(params[name]));
  const survival = Number(params['survivalPercent']) / 100;
  return new Heap({ eden: lines('edenKiB'), live: lines('liveKiB'), old: lines('oldKiB'), survival });
}
