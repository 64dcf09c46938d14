import type { Call, Capture, Woken } from './call.ts';
import type { Problems } from './problems.ts';

/** Calls of one block, and blocks kept at most: 2 million calls in some 200 MB. */
const BLOCK_CALLS = 1 << 12;
const MOST_BLOCKS = 512;
const ARGUMENTS = 6;
/** Numbers of a call: result, enter, exit, gap, arguments. */
const NUMBERS = 4 + ARGUMENTS;
const SLEPT = 1;
const PREEMPTED = 2;
const PARTIAL = 4;
const NOBODY: readonly Woken[] = [];

/** Calls in columns, a third of what objects take. */
class CallBlock {
  readonly #tids = new Int32Array(BLOCK_CALLS);
  readonly #flags = new Uint8Array(BLOCK_CALLS);
  readonly #counts = new Uint8Array(BLOCK_CALLS);
  readonly #numbers = new Float64Array(BLOCK_CALLS * NUMBERS);
  readonly #names: string[] = [];
  readonly #hints = new Map<number, string>();
  readonly #woken = new Map<number, readonly Woken[]>();

  get isFull(): boolean {
    return this.#names.length === BLOCK_CALLS;
  }

  push(call: Call): void {
    const i = this.#names.length;
    const first = i * NUMBERS;
    this.#names.push(call.name);
    this.#tids[i] = call.tid;
    this.#flags[i] = (call.slept ? SLEPT : 0) | (call.preempted ? PREEMPTED : 0) | (call.partial ? PARTIAL : 0);
    this.#counts[i] = Math.min(ARGUMENTS, call.args.length);
    this.#numbers[first] = call.result;
    this.#numbers[first + 1] = call.enter;
    this.#numbers[first + 2] = call.exit;
    this.#numbers[first + 3] = call.gap;
    for (let k = 0; k < this.#counts[i]; k++) this.#numbers[first + 4 + k] = call.args[k];
    if (call.hint !== '') this.#hints.set(i, call.hint);
    if (call.woken.length > 0) this.#woken.set(i, call.woken);
  }

  calls(): Call[] {
    return this.#names.map((name, i) => {
      const first = i * NUMBERS;
      const numbers = this.#numbers;
      return {
        tid: this.#tids[i],
        name,
        args: this.#arguments(i),
        partial: (this.#flags[i] & PARTIAL) !== 0,
        result: numbers[first],
        enter: numbers[first + 1],
        exit: numbers[first + 2],
        gap: numbers[first + 3],
        slept: (this.#flags[i] & SLEPT) !== 0,
        preempted: (this.#flags[i] & PREEMPTED) !== 0,
        woken: this.#woken.get(i) ?? NOBODY,
        hint: this.#hints.get(i) ?? '',
      };
    });
  }

  #arguments(i: number): number[] {
    const args: number[] = [];
    const end = i * NUMBERS + 4 + this.#counts[i];
    for (let at = i * NUMBERS + 4; at < end; at++) args.push(this.#numbers[at]);
    return args;
  }
}

/** A capture that is parsed once and kept, if it is not too large; a larger one is read again in every pass. */
export class KeptCapture implements Capture {
  readonly #source: Capture;
  #blocks: CallBlock[] | undefined = undefined;

  constructor(source: Capture) {
    this.#source = source;
  }

  /** The program that made the listing. */
  get tool(): Capture['tool'] {
    return this.#source.tool;
  }

  /** Where the listing is. */
  get path(): string {
    return this.#source.path;
  }

  async *calls(problems: Problems, comms?: Map<number, string>): AsyncGenerator<readonly Call[]> {
    if (this.#blocks !== undefined) {
      for (const block of this.#blocks) yield block.calls();
      return;
    }
    let blocks: CallBlock[] | undefined = [new CallBlock()];
    for await (const calls of this.#source.calls(problems, comms)) {
      blocks = keep(blocks, calls);
      yield calls;
    }
    this.#blocks = blocks;
  }
}

/** Adds calls to the blocks; undefined when they become too many. */
function keep(blocks: CallBlock[] | undefined, calls: readonly Call[]): CallBlock[] | undefined {
  if (blocks === undefined) return undefined;
  for (const call of calls) {
    if (blocks[blocks.length - 1].isFull) blocks.push(new CallBlock());
    if (blocks.length > MOST_BLOCKS) return undefined;
    blocks[blocks.length - 1].push(call);
  }
  return blocks;
}
