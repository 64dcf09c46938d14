import { Nr, Op, type ThreadEnv, type ThreadSpec } from '../abi.ts';
import type { ServiceSpec } from './service.ts';

/** The kernel thread that polls the ring of a thread: of its process, on its buffer, and pinned if the service says so. */
export function pollerOf(
  { cpu }: Extract<ServiceSpec, { kind: 'polled' }>,
  { name, buffer }: ThreadSpec,
  cpus: number,
): ThreadSpec {
  const sched = cpu === 'last' ? { affinity: [cpus - 1] } : {};
  return { name: `sqpoll.${name}`, nice: 0, sched, buffer, program: poll };
}

/** Looks for ever; each look is a place where the thread may lose its core. */
function* poll({ stream }: ThreadEnv): Generator<void, void, number> {
  for (;;) {
    stream.push(Op.Syscall, 0, 0, 0, Nr.sq_poll);
    yield;
  }
}
