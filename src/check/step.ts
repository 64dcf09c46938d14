import type { Operation } from '../kernel/semantics/operation.ts';
import { OPERATIONS, OPERATION_CODES, OPERATION_NAMES, SPECS } from '../kernel/semantics/operations.ts';
import type { OperationName, OperationSpec } from '../kernel/semantics/operations.ts';
import { refuse } from './nearest.ts';
import { OPERAND_CODECS, ProgramError, ValueReader } from './operands.ts';
import type { Filled, Value } from './operands.ts';

/** A step as it is recorded: operation, thread, values. */
export type RecordedStep = readonly [name: string, thread: number, ...values: Value[]];

/** Reads one operand, or takes its default when the values end and it may be left out. */
function readOperand(spec: OperationSpec, index: number, reader: ValueReader): Filled {
  const codec = OPERAND_CODECS[spec.operands[index]];
  const mayBeAbsent = index >= spec.operands.length - spec.optional;
  return !reader.more && mayBeAbsent ? { numbers: codec.absent } : codec.read(reader);
}

/** Checks the name of an operation. Throws ProgramError with the nearest one. */
export function operationName(name: Value): OperationName {
  if (typeof name === 'string' && Object.hasOwn(OPERATIONS, name)) return name as OperationName;
  throw new ProgramError(refuse('operation', name, OPERATION_NAMES));
}

/** A recorded step as an operation. Throws ProgramError on unknown names, missing and surplus values. */
export function encodeStep(step: RecordedStep): Operation {
  const name = operationName(step[0]);
  const thread = step[1];
  if (!Number.isInteger(thread) || thread < -1) throw new ProgramError(`${JSON.stringify(thread)} is not a thread`);
  const spec: OperationSpec = OPERATIONS[name];
  const reader = new ValueReader(step.slice(2));
  const numbers: number[] = [];
  let list: readonly number[] = [];
  for (let i = 0; i < spec.operands.length; i++) {
    const filled = readOperand(spec, i, reader);
    numbers.push(...filled.numbers);
    if (filled.list !== undefined) list = filled.list;
  }
  if (reader.more) throw new ProgramError(`${name}: surplus value ${JSON.stringify(reader.next('value'))}`);
  return { code: OPERATION_CODES[name], thread, a: numbers[0] ?? 0, b: numbers[1] ?? 0, c: numbers[2] ?? 0, list };
}

/** An operation as a recorded step, without trailing defaults. */
export function decodeStep(op: Operation): RecordedStep {
  const spec = SPECS[op.code];
  const numbers = [op.a, op.b, op.c];
  const values: Value[] = [];
  let at = 0;
  let kept = 0;
  for (const [i, operand] of spec.operands.entries()) {
    const codec = OPERAND_CODECS[operand];
    const own = numbers.slice(at, at + codec.absent.length);
    at += codec.absent.length;
    const isDefault = i >= spec.operands.length - spec.optional && own.every((n, k) => n === codec.absent[k]);
    if (isDefault) continue;
    values.push(...codec.print(own, op.list));
    kept = values.length;
  }
  return [OPERATION_NAMES[op.code], op.thread, ...values.slice(0, kept)];
}
