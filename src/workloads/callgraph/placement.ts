import type { AttributeName } from '../../kernel/abi.ts';
import type { CallProfile } from './dryrun.ts';
import type { CallGraph, GraphFunction } from './graph.ts';

/** Which functions a runtime marks AlwaysKernelMode; the others keep their caller's mode. */
type Placement = (graph: CallGraph, profile: CallProfile) => (fn: GraphFunction) => boolean;

/** Share of the called functions that are hot. Assumed: a just-in-time compiler optimises about so many. */
const HOT_SHARE = 0.25;
/**
 * System calls that one stay in kernel mode must make to pay for its entry and exit: (enter + exit) / (saved a call). Derived from
 * published totals: 2.1 with mitigations, 4.1 on a milder machine, 7.2 without; page tables that are split make it smaller.
 */
const BREAK_EVEN_CALLS = 4;

/** Strategies by name. A new one is a row here. */
export const PLACEMENTS = {
  none: () => () => false,
  hot: (graph, profile) => {
    const making = graph.filter(({ index, isNative }) => !isNative && profile.syscalls[index] > 0);
    const called = making.filter(({ index }) => profile.calls[index] > 0);
    called.sort((a, b) => profile.calls[b.index] - profile.calls[a.index] || a.index - b.index);
    const hot = new Set(called.slice(0, Math.ceil(HOT_SHARE * called.length)));
    return (fn) => hot.has(fn);
  },
  all: () => () => true,
  'by-syscall-density':
    (_graph, { calls, syscalls }) =>
    ({ index, isNative }) =>
      !isNative && syscalls[index] > 0 && syscalls[index] >= BREAK_EVEN_CALLS * calls[index],
} as const satisfies Readonly<Record<string, Placement>>;

/** Name of a strategy. */
export type PlacementName = keyof typeof PLACEMENTS;

/** The attribute of every function of a graph, by index. */
export function attributesOf(name: PlacementName, graph: CallGraph, profile: CallProfile): readonly AttributeName[] {
  const isMarked = PLACEMENTS[name](graph, profile);
  return graph.map((fn) => (isMarked(fn) ? 'AlwaysKernelMode' : 'UseCallersMode'));
}
