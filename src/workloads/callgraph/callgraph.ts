import type {
  Application,
  BuildContext,
  FunctionSpec,
  ProcessSpec,
  Program,
  RegionSpec,
  ThreadEnv,
} from '../../kernel/abi.ts';
import type { Hz } from '../../sim/units.ts';
import { RECORDED_CPI } from '../recordedserver.ts';
import { Script, SCRIPT_REGIONS, STACK_PAGES } from '../script.ts';
import type { Params, Workload } from '../workload.ts';
import { profileOf } from './dryrun.ts';
import { drawGraph, LOOP, type GraphFunction, type GraphShape } from './graph.ts';
import { GraphScript, placeCode, type PlacedGraph } from './graphscript.ts';
import { CALL_GRAPH_PARAMS } from './params.ts';
import { attributesOf, type PlacementName } from './placement.ts';
import { SERVICES, type ServiceName } from './services.ts';
import { callsFor, Walk, type WalkRates } from './walk.ts';

/** Threads that walk a drawn graph of managed and native functions for ever: the general mixed process. */
export const callGraph: Workload = {
  name: 'call-graph',
  doc: 'Threads that walk a drawn call graph of managed and native functions, with native calls and system calls at given rates; a request is one walk from the handler down and back',
  params: CALL_GRAPH_PARAMS,
  build,
};

/** The nursery is split among so many threads at least, so that the first pass of one through its part ends within a short warm-up. */
const LEAST_SHARES = 4;

function build(context: BuildContext, params: Params): Application {
  const shape = shapeOf(params);
  const rates = ratesOf(params, shape, context.clock.hz);
  const graph = drawGraph(shape, context.openStream('callgraph.graph'));
  const profile = profileOf(graph, rates, context.openStream('callgraph.profile'));
  const attributes = attributesOf(String(params['placement']) as PlacementName, graph, profile);
  const placed = placeCode(graph);
  const count = Number(params['threads']) || context.cores;
  const share = Math.max(count, LEAST_SHARES);
  const service = SERVICES[String(params['service']) as ServiceName];
  const threads = Array.from({ length: count }, (_, i) => {
    const name = `walker${i}`;
    const program: Program = (env) => {
      const emitter = new GraphScript(env, placed, new Script(env, name, i, share), service.call);
      const walk = new Walk(graph, rates, context.openStream(`callgraph.${name}`), emitter);
      return walkForEver(env, emitter, graph[LOOP], walk, context);
    };
    return { name, nice: 0, program, buffer: name };
  });
  return { processes: [processOf(placed, attributes, threads, service.files)] };
}

function shapeOf(params: Params): GraphShape {
  return {
    depth: Number(params['depth']),
    fanOut: Number(params['fanOut']),
    instructions: Number(params['functionInstructions']),
    nativeShare: Number(params['nativeShare']),
  };
}

/** Rates of a walk on a clock of `hz`: those a millisecond count the instructions that managed code then takes. */
function ratesOf(params: Params, { depth, instructions }: GraphShape, hz: Hz): WalkRates {
  const perMs = hz / 1000 / RECORDED_CPI;
  return {
    calls: callsFor(Number(params['unitInstructions']) / instructions, depth),
    native: Number(params['nativeCallsPerMs']) / perMs,
    syscall: Number(params['syscallsPerMs']) / perMs,
    callbackShare: Number(params['callbackShare']),
  };
}

function processOf(
  { graph, pages }: PlacedGraph,
  attributes: ReturnType<typeof attributesOf>,
  threads: ProcessSpec['threads'],
  files: ProcessSpec['files'],
): ProcessSpec {
  const { jit, native, heap, nursery } = SCRIPT_REGIONS;
  const stacks = threads.map(({ buffer }): RegionSpec => ({ name: buffer, pages: STACK_PAGES, kind: 'data' }));
  const functions = graph.map(({ name, isNative }, index): FunctionSpec => ({
    name,
    region: isNative ? native.name : jit.name,
    attribute: attributes[index],
    declared: !isNative && attributes[index] === 'AlwaysKernelMode',
  }));
  return {
    name: 'server',
    isTrusted: true,
    regions: [{ ...jit, pages: pages.jit }, { ...native, pages: pages.native }, heap, nursery, ...stacks],
    functions,
    files,
    words: 1,
    threads,
  };
}

function* walkForEver(
  env: ThreadEnv,
  emitter: GraphScript,
  loop: GraphFunction,
  walk: Walk,
  context: BuildContext,
): Generator<void, void, number> {
  emitter.call(loop);
  for (;;) {
    walk.unit();
    const began = env.now();
    context.begin(began);
    yield;
    context.complete(env.now() - began, env.now());
  }
}
