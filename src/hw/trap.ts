import type { Core } from './core.ts';
import type { OpStream } from './opstream.ts';

/** Interrupt vectors of a core, as bits of its pending set. */
export const Vector = { Timer: 1, Reschedule: 2, Nic: 4, Alarm: 8, Disk: 16 } as const;

/** The only door from hardware into software. Implemented by the kernel, injected when a machine is assembled. */
export interface TrapHandler {
  /** SYSCALL instruction, or a direct call of the same service by code at CPL 0; number and arguments stand in the stream. */
  onSyscall(core: Core, stream: OpStream): void;
  /** Call of a function with an execution-privilege attribute. */
  onCall(core: Core, functionId: number): void;
  /** Return from the function entered last. */
  onReturn(core: Core): void;
  /** Code at CPL 0 that may run only from KERNELTRUST pages fetches from another page. */
  onLeave(core: Core, vpn: number): void;
  /** Data access to a page that is not mapped, or that is to be written and may not be. */
  onFault(core: Core, vpn: number, isWrite: boolean): void;
  /** One or more pending interrupts; the handler clears `core.pendingVectors`. */
  onInterrupt(core: Core): void;
  /** No thread is current: install one and return true, or return false to halt. */
  onIdle(core: Core): boolean;
  /** The current stream has run dry: refill it, or take the thread off the core. */
  onRefill(core: Core): void;
}
