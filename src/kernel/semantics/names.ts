/** Virtual pages a program may name. A and C hold trusted verified code, B native code, W native shared data; the others start unmapped. */
export const PAGE_NAMES = ['A', 'B', 'C', 'W', 'Y', 'D', 'W2', 'X', 'Z'] as const;
/** Number of page A: trusted verified code at the start. */
export const PAGE_A = 0;
/** Number of page B: native code at the start. */
export const PAGE_B = 1;
/** Number of page C: a second trusted page at the start. */
export const PAGE_C = 2;
/** Number of page W: native shared data, writable at the start. */
export const PAGE_W = 3;
/** Number of page D: where a library is loaded. */
export const PAGE_D = 5;

/**
 * Offsets in a page: E function entry, E2 entry of a second version, M mid-function, K the instruction syskernelmode(1), P the publishing
 * trap, R continuation after a call, U inside an instruction, X landing pad of a fault.
 */
export const OFFSET_NAMES = ['E', 'E2', 'M', 'K', 'P', 'R', 'U', 'X'] as const;
/** Offset of a function's entry. */
export const OFFSET_E = 0;
/** Offset of a second entry, which only another version of the bytes has. */
export const OFFSET_E2 = 1;
/** Offset of a continuation after a call. */
export const OFFSET_R = 5;
/** Offset of a registered landing pad. */
export const OFFSET_X = 7;

/** An address is page · 8 + offset: one byte for every page that can be named. */
export function addressOf(page: number, offset: number): number {
  return (page << 3) | offset;
}

/** Bits of an address that name its page. */
export const ADDRESS_PAGE = 0xf8;

/** Page of an address. */
export function pageOf(address: number): number {
  return address >> 3;
}

/** Offset of an address. */
export function offsetOf(address: number): number {
  return address & 7;
}

/** Start of native code, where threads, handlers and new programs begin. */
export const ADDRESS_B_E = addressOf(PAGE_B, OFFSET_E);
/** The one registered landing pad of faults. */
export const ADDRESS_A_X = addressOf(PAGE_A, OFFSET_X);

/** The two capabilities as bits: K is CAP_KERNELMODE, B is CAP_KRNLMODEBYPAGE. */
export const CAPABILITY_NAMES = ['K', 'B'] as const;
/** Bit of CAP_KERNELMODE. */
export const CAP_K = 1;
/** Bit of CAP_KRNLMODEBYPAGE. */
export const CAP_B = 2;

/** What the bytes of a frame are: D data, N native code, V verified code. 0 is a free frame. */
export const Content = { Free: 0, Data: 1, Native: 2, Verified: 3 } as const;
/** Number of a content. */
export type Content = (typeof Content)[keyof typeof Content];

/** How a transfer is made: an ordinary jump, inside one function, or through a pointer. */
export const TRANSFER_NAMES = ['jmp', 'local', 'ijmp', 'icall'] as const;
/** Numbers of transfers, by their place in `TRANSFER_NAMES`. */
export const Transfer = { Jump: 0, Local: 1, IndirectJump: 2, IndirectCall: 3 } as const;

/** Effects on the acting thread, in the words of the recorded programs. */
export const EFFECT_NAMES = ['kill', 'cp', 'ktrust', 'drop', 'revoke'] as const;
/** Numbers of effects, by their place in `EFFECT_NAMES`. */
export const Effect = { Kill: 0, ControlProtection: 1, TrustFault: 2, Drop: 3, Revoke: 4 } as const;
/** Number of an effect. */
export type Effect = (typeof Effect)[keyof typeof Effect];

/** Outcomes of a step that are neither a value nor an errno: killed by a signal, step of a dead thread, step inside an interrupt. */
export const Result = { SIGSEGV: -1000, DEAD: -1001, BUSY: -1002 } as const;
