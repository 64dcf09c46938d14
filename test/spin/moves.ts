import { frameContent } from '../../src/kernel/semantics/frame.ts';
import type { Machine } from '../../src/kernel/semantics/machine.ts';
import { Content, OFFSET_E, PAGE_A, PAGE_NAMES, PAGE_W, addressOf } from '../../src/kernel/semantics/names.ts';
import type { Operation } from '../../src/kernel/semantics/operation.ts';
import { isEntry, isPresent, isTrusted, pageFrame } from '../../src/kernel/semantics/page.ts';
import { kernelFrameCount, slotCount } from '../../src/kernel/semantics/stacks.ts';
import { Status, forged, pending, rip, threadStatus } from '../../src/kernel/semantics/thread.ts';
import { isVerifiedAt } from '../../src/kernel/semantics/transfer.ts';
import { encodeStep } from '../../src/check/step.ts';
import type { RecordedStep } from '../../src/check/step.ts';
import { choicesOf } from './alphabet.ts';
import type { Alphabet, Choice, Condition } from './alphabet.ts';

export const PAGE_Y = PAGE_NAMES.indexOf('Y');

/** A choice of one thread, in the form that our machines execute. `index` is the choice's place in its alphabet. */
export interface Move {
  readonly index: number;
  readonly choice: Choice;
  readonly operation: Operation;
}

/** A choice as a recorded step of a thread: `smash` names its victim, `ijmp` is a kind of jump. */
function recorded(text: string, thread: number): RecordedStep {
  const [name, ...operands] = text.split(/[ .]/);
  if (name === 'ijmp') return ['jump', thread, ...operands, 'ijmp'];
  if (name === 'smash') return ['smash', thread, 1 - thread, ...operands];
  return [name, thread, ...operands.map((operand) => (/^\d+$/.test(operand) ? Number(operand) : operand))];
}

/** All moves of a thread. */
export function movesOf(alphabet: Alphabet, thread: number): Move[] {
  return choicesOf(alphabet).map((choice, index) => ({
    index,
    choice,
    operation: encodeStep(recorded(choice[0], thread)),
  }));
}

/** Whether a compiler of verified code would let it call a page: trusted, and holding a verified function. */
function isCallable(m: Machine, page: number): boolean {
  const holdsVerified = isPresent(m, 0, page) && frameContent(m, pageFrame(m, 0, page)) === Content.Verified;
  return holdsVerified && isTrusted(m, 0, page) && isEntry(m, 0, addressOf(page, OFFSET_E));
}

const CONDITIONS: Readonly<Record<Condition, (m: Machine, t: number, alphabet: Alphabet) => boolean>> = {
  room: (m, t, { frames }) => kernelFrameCount(m, t) < frames,
  notCalled: (m, t) => slotCount(m, t) === 0,
  callableA: (m) => isCallable(m, PAGE_A),
  callableW: (m) => isCallable(m, PAGE_W),
  freeY: (m) => !isPresent(m, 0, PAGE_Y),
  victim: (m, t) => threadStatus(m, 1 - t) === Status.Running,
  pending,
};

/** Whether a thread may issue a choice now. Between check and entry of syskerneljump it is inside that call. */
export function mayIssue(m: Machine, t: number, choice: Choice, alphabet: Alphabet): boolean {
  const [, issuer, ...conditions] = choice;
  if (threadStatus(m, t) !== Status.Running || pending(m, t) !== conditions.includes('pending')) return false;
  const verified = isVerifiedAt(m, 0, rip(m, t)) && !forged(m, t);
  if (issuer !== 'any' && verified !== (issuer === 'verified')) return false;
  return conditions.every((condition) => CONDITIONS[condition](m, t, alphabet));
}
