import type { ProfileName } from '../kernel/semantics/config.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { OPERATIONS, OPERATION_NAMES, SPECS } from '../kernel/semantics/operations.ts';
import type { Operand, OperationSpec } from '../kernel/semantics/operations.ts';
import { refuse } from './nearest.ts';
import { ProgramError } from './operands.ts';
import type { Value } from './operands.ts';
import { decodeStep, encodeStep } from './step.ts';
import type { RecordedStep } from './step.ts';
import { readRecordText, splitOutside } from './recordtext.ts';

/** A step as it is written, with its line in the program's text, counted from 0. */
export interface WrittenStep {
  readonly text: string;
  readonly line: number;
}

const STEP = /^(?<thread>-?\d+)\s*:\s*(?<name>[A-Za-z]\w*)\s*(?<rest>.*)$/su;

/** Splits a program at semicolons and ends of lines; `#` starts a comment. */
export function splitProgram(text: string): WrittenStep[] {
  const steps: WrittenStep[] = [];
  for (const [line, content] of text.split('\n').entries()) {
    for (const part of splitOutside(content.replace(/#.*$/u, ''), ';')) {
      if (part.trim() !== '') steps.push({ text: part.trim(), line });
    }
  }
  return steps;
}

/** Words of the operands: separated by blanks or an arrow outside of braces; `rip=` and `cs=` only name what follows. */
function words(text: string): string[] {
  const plain = text.replaceAll(/→|->/gu, ' ').replaceAll(/(?<=^|\s)(rip|cs)=/gu, '');
  return splitOutside(plain, ' ').filter((word) => word !== '');
}

/** Segment selectors by name; 0 is the kernel's. */
const LEVELS: Readonly<Record<string, number>> = { kern: 0, user: 3 };

/** How a written word of an operand becomes recorded values; others are plain names. */
const WORDS: Partial<Record<Operand, (word: string) => readonly Value[]>> = {
  address: (word) => word.split('.'),
  thread: (word) => [numberOr(word.replace(/^t(?=\d)/u, ''))],
  flag: (word) => [numberOr(word)],
  bit: (word) => [numberOr(word)],
  pin: (word) => [numberOr(word)],
  level: (word) => [LEVELS[word] ?? numberOr(word)],
  capabilities: (word) => [readRecordText(word)],
  frame: (word) => [readRecordText(word)],
  file: (word) => [readRecordText(word)],
};

function numberOr(word: string): Value {
  return /^-?\d+$/u.test(word) ? Number(word) : word;
}

/** Recorded values of an operation's written operands. */
function valuesOf(name: string, rest: string): Value[] {
  const spec: OperationSpec | undefined = OPERATIONS[name as keyof typeof OPERATIONS];
  const operands = spec?.operands ?? [];
  return words(rest).flatMap((word, i) => {
    const operand = operands[i];
    const read = operand === undefined ? undefined : WORDS[operand];
    return read === undefined ? [word] : read(word);
  });
}

/** `ENTER v`: how a profile's program enters trusted page v: by the gate, or in L0 by jumping to the mode switch inside the page. */
function enterSteps(profile: ProfileName, thread: number, page: string): RecordedStep[] {
  if (profile !== 'L0') return [['skj', thread, page, 'E']];
  return [
    ['jump', thread, page, 'E'],
    ['jump', thread, page, 'K', 'local'],
    ['skm', thread, 1],
  ];
}

/** One written step as recorded steps of a profile. Throws ProgramError on a wrong spelling. */
function readStep(text: string, profile: ProfileName): RecordedStep[] {
  const match = STEP.exec(text);
  if (match?.groups === undefined) throw new ProgramError(`"${text}" is no step such as 0:skj A.E`);
  const thread = Number(match.groups['thread']);
  const name = match.groups['name'];
  const rest = match.groups['rest'].trim();
  if (name === 'ENTER') return enterSteps(profile, thread, rest);
  if (!Object.hasOwn(OPERATIONS, name))
    throw new ProgramError(refuse('operation', name, [...OPERATION_NAMES, 'ENTER']));
  const acting = OPERATIONS[name as keyof typeof OPERATIONS].by === 'device' ? -1 : thread;
  return [[name, acting, ...valuesOf(name, rest)]];
}

/** The operations of one written step under a profile. Throws ProgramError, saying what is allowed. */
export function readOperations(text: string, profile: ProfileName): Operation[] {
  return readStep(text, profile).map(encodeStep);
}

/** One value as it is written. */
function printValue(value: Value): string {
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(printValue).join(',')}]`;
  if (typeof value !== 'object') return String(value);
  return `{${Object.entries(value as Record<string, Value>)
    .map(([key, inner]) => `${key}=${printValue(inner)}`)
    .join(' ')}}`;
}

/** Values of one operand as written; an address is one word. */
function printOperand(operand: Operand, values: Value[]): string {
  if (operand === 'address') return `${printValue(values.shift()!)}.${printValue(values.shift()!)}`;
  return `${operand === 'thread' ? 't' : ''}${printValue(values.shift()!)}`;
}

/** An operation as it is written: `1:smash t0 A.M`. */
export function printOperation(op: Operation): string {
  const [name, thread, ...rest] = decodeStep(op);
  const values = [...rest];
  const words: string[] = [];
  for (const operand of SPECS[op.code].operands) if (values.length > 0) words.push(printOperand(operand, values));
  return [`${SPECS[op.code].by === 'device' ? 0 : thread}:${name}`, ...words].join(' ');
}

/** A program as it is written, on one line. */
export function printProgram(operations: readonly Operation[]): string {
  return operations.map(printOperation).join('; ');
}
