import { Compiler, type CompilerSettings } from './compiler.ts';
import type { Counters } from './counters.ts';
import { Methods, type Method } from './methods.ts';
import type { Tier } from './tiers.ts';

/** What a JIT compiler is built with. */
export interface JitSettings extends CompilerSettings {
  readonly methods: number;
  /** Factor of the thresholds. HotSpot has it as CompileThresholdScaling. */
  readonly scaling: number;
}

/** Methods of a program with the compilers of their ladder. */
export class Jit {
  readonly methods: Methods;
  readonly compilers: readonly Compiler[];
  readonly #scaling: number;

  constructor(first: Tier, settings: JitSettings, counters: Counters) {
    this.methods = new Methods(first, settings.methods);
    this.#scaling = settings.scaling;
    const compilers: Compiler[] = [];
    for (let next = first.next; next !== undefined; next = next.tier.next)
      compilers.push(new Compiler(next, counters, settings));
    this.compilers = compilers;
  }

  /** The compiler that a method is hot enough for, unless it waits for it already. */
  compilerFor({ tier, executions, isQueued }: Method): Compiler | undefined {
    if (isQueued || executions < tier.threshold * this.#scaling) return undefined;
    return this.compilers.find(({ compilation }) => compilation === tier.next);
  }

  /** Sends a compiled method back to the interpreter. */
  deoptimise(method: Method): void {
    this.discard(method);
    this.methods.reset(method);
  }

  /** Gives the code of a method, if it has any, back to the compiler that made it. */
  discard({ tier, place }: Method): void {
    if (tier.isInterpreted) return;
    this.compilers.find(({ compilation }) => compilation.tier === tier)?.discard(place);
  }
}
