import type { ThreadEnv } from '../../kernel/abi.ts';
import { LINES_PER_PAGE } from '../../sim/units.ts';
import { linesOf, SCRIPT_REGIONS, type Script } from '../script.ts';
import type { CallGraph, GraphFunction } from './graph.ts';
import type { WalkVisitor } from './walk.ts';

/** A graph with where its functions have their code: line in the region of their kind. */
export interface PlacedGraph {
  readonly graph: CallGraph;
  readonly lineOf: readonly number[];
  /** Pages of the two regions of code. */
  readonly pages: { readonly jit: number; readonly native: number };
}

/** Functions one after the other, each in whole lines. */
export function placeCode(graph: CallGraph): PlacedGraph {
  const used = { jit: 0, native: 0 };
  const lineOf = graph.map(({ isNative, instructions }) => {
    const region = isNative ? 'native' : 'jit';
    const line = used[region];
    used[region] += 2 * linesOf(instructions / 2);
    return line;
  });
  return { graph, lineOf, pages: { jit: pagesOf(used.jit), native: pagesOf(used.native) } };
}

function pagesOf(lines: number): number {
  return Math.max(1, Math.ceil(lines / LINES_PER_PAGE));
}

/** Emits a walk as the operations of a thread. */
export class GraphScript implements WalkVisitor {
  readonly #script: Script;
  readonly #placed: PlacedGraph;
  readonly #jit: number;
  readonly #native: number;
  readonly #serve: (script: Script) => void;

  constructor(env: ThreadEnv, placed: PlacedGraph, script: Script, serve: (script: Script) => void) {
    this.#script = script;
    this.#placed = placed;
    this.#jit = env.lineOf(SCRIPT_REGIONS.jit.name);
    this.#native = env.lineOf(SCRIPT_REGIONS.native.name);
    this.#serve = serve;
  }

  work({ index, isNative, instructions }: GraphFunction, half: 0 | 1): void {
    const lines = linesOf(instructions / 2);
    const line = (isNative ? this.#native : this.#jit) + this.#placed.lineOf[index] + half * lines;
    this.#script.piece({ line, lines }, instructions / 2);
  }

  call({ index }: GraphFunction): void {
    this.#script.call(index);
  }

  return(): void {
    this.#script.return();
  }

  syscall(): void {
    this.#serve(this.#script);
  }
}
