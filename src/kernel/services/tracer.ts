import { StopKind } from '../calls/ptrace.ts';
import { FIRST_VPN } from '../programimage.ts';
import { Nr, Op, type CallName, type ProcessSpec, type ThreadEnv } from '../abi.ts';

/** Pages of the tracer's code, and what it executes between two stops: a call is looked up, its arguments are formatted. Assumed. */
const CODE_PAGES = 16;
const DECODE_INSTRUCTIONS = 3000;
const DECODE_LINES = 200;
/** Bytes of a line of its report. */
const LINE = 90;
const REPORT = 0;

/** A tracer in the manner of `strace -f -o FILE PROGRAM`: it asks at each stop what the thread is about, looks at memory on entry, writes a line after the call. */
export const TRACER: ProcessSpec = {
  name: 'strace',
  isTrusted: true,
  regions: [
    { name: 'native', pages: CODE_PAGES, kind: 'native' },
    { name: 'stack', pages: 4, kind: 'data' },
  ],
  functions: [],
  files: [{ kind: 'log' }],
  words: 0,
  threads: [{ name: 'strace', nice: 0, buffer: 'stack', program: follow }],
};

/** Has threads stop at their calls, until none is left. Source: strace 6.x, trace and dispatch_event. */
function* follow(env: ThreadEnv): Generator<void, void, number> {
  for (;;) {
    const thread = yield* call(env, 'wait4');
    if (thread < 0) return;
    const kind = yield* call(env, 'ptrace_getregs', thread);
    // A thread that has ended has nothing more to tell.
    if (kind < 0) continue;
    env.stream.push(Op.Execute, env.lineOf('native'), DECODE_LINES, DECODE_INSTRUCTIONS);
    if (kind === StopKind.Entry) yield* call(env, 'ptrace_peek', thread, FIRST_VPN);
    if (kind === StopKind.Exit) yield* call(env, 'write', REPORT, LINE);
    yield* call(env, 'ptrace_syscall', thread);
  }
}

function* call(env: ThreadEnv, name: CallName, a = 0, b = 0): Generator<void, number, number> {
  env.stream.push(Op.Syscall, a, b, 0, Nr[name]);
  return yield;
}
