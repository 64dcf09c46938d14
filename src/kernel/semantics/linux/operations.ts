import { capset } from './capsetcall.ts';
import type { CapsetArguments } from './capsetcall.ts';
import type { Credentials } from './credentials.ts';
import { execCredentials } from './exec.ts';
import type { ExecutableFile } from './filemode.ts';
import { ID_CALLS, changeIds } from './idcalls.ts';
import type { IdCallName } from './idcalls.ts';
import { answer } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import {
  clearAmbient,
  dropBounding,
  isAmbient,
  lowerAmbient,
  raiseAmbient,
  setKeepCaps,
  setNoNewPrivileges,
  setSecurebits,
} from './prctl.ts';

/** Arguments of each operation. */
export type OperationArguments = Record<IdCallName, readonly number[]> & {
  readonly capset: CapsetArguments;
  /** Capability number. */
  readonly bset_drop: number;
  readonly amb_raise: number;
  readonly amb_lower: number;
  readonly amb_is_set: number;
  readonly amb_clear: null;
  /** New value of all securebits. */
  readonly securebits: number;
  /** 0 or 1. */
  readonly keepcaps: number;
  readonly no_new_privs: number;
  readonly fork: null;
  readonly exec: ExecutableFile;
};
/** Name of an operation. */
export type OpName = keyof OperationArguments;

/** A call with its arguments. */
export type Operation = { readonly [Op in OpName]: { readonly op: Op; readonly args: OperationArguments[Op] } }[OpName];

type Rules = { readonly [Op in OpName]: (before: Credentials, args: OperationArguments[Op]) => Outcome };

/** The id calls as rules. */
const idRules = Object.fromEntries(
  Object.keys(ID_CALLS).map((name) => [
    name,
    (before: Credentials, ids: readonly number[]) => changeIds(before, name as IdCallName, ids),
  ]),
) as Pick<Rules, IdCallName>;

/** Every operation; the child of a fork has the credentials of its parent. */
export const RULES: Rules = {
  ...idRules,
  capset,
  bset_drop: dropBounding,
  amb_raise: raiseAmbient,
  amb_lower: lowerAmbient,
  amb_is_set: isAmbient,
  amb_clear: clearAmbient,
  securebits: setSecurebits,
  keepcaps: setKeepCaps,
  no_new_privs: setNoNewPrivileges,
  fork: (before) => answer(before),
  exec: execCredentials,
};

/** Applies one operation. A refused one returns the same credentials and an error. */
export function applyOperation(before: Credentials, operation: Operation): Outcome {
  const rule = RULES[operation.op] as (before: Credentials, args: Operation['args']) => Outcome;
  return rule(before, operation.args);
}
