import type { BuildContext, FunctionSpec, HostileCode, ProcessSpec, RegionSpec, ThreadEnv } from '../kernel/abi.ts';
import { STACK_PAGES, Script, SCRIPT_REGIONS, type Site } from './script.ts';
import type { RecordedRole } from './recordedserver.ts';
import type { CallName } from '../kernel/abi.ts';
import type { ParamSpec } from './workload.ts';

/** Functions that Java servers call with a mode switch. */
export const FUNCTIONS: readonly FunctionSpec[] = [
  // The thread's loop, compiled code: the runtime marks it so that it runs in kernel mode where that is allowed.
  { name: 'loop', region: 'jit', attribute: 'AlwaysKernelMode', declared: true },
  // Compiled methods of the request, marked likewise: each call enters again if native code has dropped the thread.
  { name: 'handler', region: 'jit', attribute: 'AlwaysKernelMode', declared: true },
  // A native method that makes the system call: keeps its caller's mode if it may.
  { name: 'stub', region: 'native', attribute: 'UseCallersMode', declared: false },
  // Application code in C, called through JNI.
  { name: 'jni', region: 'native', attribute: 'UseCallersMode', declared: false },
];

/** Where compiled code makes its system calls. */
export const SITE_PARAM: ParamSpec = {
  kind: 'choice',
  default: 'managed',
  choices: ['managed', 'native'],
  unit: 'none',
  doc: 'managed: the compiler emits the call of the service into trusted code; native: through a native method as today, which leaves trusted pages',
};

/** The attack of a hostile native thread beside the server's own. */
export const ATTACK_PARAM: ParamSpec = {
  kind: 'program',
  default: '',
  unit: 'none',
  doc: 'Attack program that a hostile native thread repeats at nice 19, such as "0:procmem A; 0:ENTER A; 0:step"; empty: no such thread',
};

/** Wild writes and jumps by native code of the server. */
export const WILD_PARAM: ParamSpec = {
  kind: 'number',
  default: 0,
  min: 0,
  max: 1e8,
  unit: '1/s',
  doc: 'Wild writes and jumps of native code in a simulated second, at random; what they reach is counted and the server goes on; 0: none',
};

/** Native work between two rounds of an attack. Assumed: an attacker that tries some ten thousand times a second. */
const ATTACK_PAUSE_INSTRUCTIONS = 20000;
const ATTACK_STEP_INSTRUCTIONS = 200;
const ATTACK_SITE = 60;

/** The threads of a server with the hostile one, if the run has an attack program. */
export function withHostile(context: BuildContext, threads: ProcessSpec['threads']): ProcessSpec['threads'] {
  const { hostile } = context;
  if (hostile === undefined) return threads;
  return [...threads, { name: 'hostile', nice: 19, buffer: 'hostile', program: (env) => attack(env, hostile) }];
}

function* attack(env: ThreadEnv, hostile: HostileCode): Generator<void, void, number> {
  const script = new Script(env, 'hostile', 0, 1);
  const site = script.site('native', ATTACK_SITE, ATTACK_PAUSE_INSTRUCTIONS);
  for (let step = 0; ; step = (step + 1) % hostile.steps) {
    script.work(site, step === 0 ? ATTACK_PAUSE_INSTRUCTIONS : ATTACK_STEP_INSTRUCTIONS);
    if (hostile.entersKernel(step)) script.syscall('hostile', step);
    yield;
    hostile.perform(step);
  }
}

/** Parts of a Java server process that all servers share; threads bring their own stack region. */
export function serverProcess(
  name: string,
  threads: ProcessSpec['threads'],
  rest: Pick<ProcessSpec, 'files' | 'words'>,
): ProcessSpec {
  const stacks = threads.map(({ buffer }): RegionSpec => ({ name: buffer, pages: STACK_PAGES, kind: 'data' }));
  return {
    name,
    isTrusted: true,
    regions: [...Object.values(SCRIPT_REGIONS), ...stacks],
    functions: FUNCTIONS,
    ...rest,
    threads,
  };
}

/** What a role does before each of its steps: as recorded, or as stated. */
export type Worked = Pick<RecordedRole, 'instructionsBefore'>;

/** One thread of a recorded role: user work before each call, then the call, from managed code or through its native method. */
export class RoleScript {
  readonly script: Script;
  readonly #role: Worked;
  readonly #code: 'jit' | 'native';
  readonly #sites = new Map<string, { readonly site: Site; readonly instructions: number }>();
  readonly #viaStub: boolean;
  readonly #stub: number;
  readonly #stubSite: Site;

  /** `index` of `share` threads that split the nursery; `code` is where the thread's own code lies. */
  constructor(
    env: ThreadEnv,
    role: Worked,
    syscallSite: string,
    stack: string,
    index: number,
    share: number,
    code: 'jit' | 'native' = 'jit',
  ) {
    this.script = new Script(env, stack, index, share);
    this.#role = role;
    this.#code = code;
    this.#viaStub = syscallSite === 'native';
    this.#stub = env.functionOf('stub');
    this.#stubSite = this.script.site('native', 0, STUB_INSTRUCTIONS);
  }

  /** The user work recorded before a call site, without the call. */
  workBefore(id: string): void {
    const { site, instructions } = this.#placed(id);
    this.script.work(site, instructions);
  }

  /** The user work before a call site, then the call. */
  step(id: string, name: CallName, a = 0, b = 0, c = 0): void {
    this.workBefore(id);
    if (this.#viaStub) this.#callThroughStub(name, a, b, c);
    else this.script.syscall(name, a, b, c);
  }

  #callThroughStub(name: CallName, a: number, b: number, c: number): void {
    this.script.call(this.#stub);
    this.script.work(this.#stubSite, STUB_INSTRUCTIONS);
    this.script.syscall(name, a, b, c);
    this.script.return();
  }

  #placed(id: string): { readonly site: Site; readonly instructions: number } {
    const known = this.#sites.get(id);
    if (known !== undefined) return known;
    const instructions = this.#role.instructionsBefore(id);
    const placed = { site: this.script.site(this.#code, this.#sites.size + 1, instructions), instructions };
    this.#sites.set(id, placed);
    return placed;
  }
}

/**
 * What the runtime does at the start of a thread: its native launcher asks for kernel mode, as a probe, gives it back if it was
 * granted, and calls the thread's compiled loop, whose attribute says where it should run.
 */
export function* startThread(env: ThreadEnv, role: RoleScript): Generator<void, void, number> {
  role.script.syscall('syskernelmode', 1);
  const refused = yield;
  if (refused === 0) role.script.syscall('syskernelmode', 0);
  role.script.call(env.functionOf('loop'));
}

/** Instructions of a native method around its system call. Assumed from jni_empty, 4.6 ns on the recorded host. */
const STUB_INSTRUCTIONS = 25;
