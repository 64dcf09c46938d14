import { z } from 'zod';
import type { ExecutableFile } from '../kernel/semantics/linux/filemode.ts';
import { ID_CALLS } from '../kernel/semantics/linux/idcalls.ts';
import type { IdCallName } from '../kernel/semantics/linux/idcalls.ts';
import type { OperationArguments, OpName } from '../kernel/semantics/linux/operations.ts';
import { ID_RULES } from '../kernel/semantics/linux/setid.ts';
import { recordedCapSet } from './capabilityfiles.ts';
import { simulatedNumber } from './capabilitystandins.ts';

/** Where each operation keeps its arguments in a recorded step. */
export type ArgumentSchemas = { readonly [Op in OpName]: z.ZodType<OperationArguments[Op]> };

const capability = z.object({ cap: z.int() }).transform(({ cap }) => simulatedNumber(cap));
const value = z.object({ arg: z.int() }).transform(({ arg }) => arg);
const nothing = z.object({}).transform(() => null);
const sets = z
  .object({ eff: recordedCapSet, prm: recordedCapSet, inh: recordedCapSet })
  .transform(({ eff, prm, inh }) => ({ effective: eff, permitted: prm, inheritable: inh }));

function ids(name: IdCallName): z.ZodType<readonly number[]> {
  const { arity } = ID_RULES[ID_CALLS[name].rule];
  return z.object({ args: z.array(z.int()).length(arity, `must be ${arity} ids`) }).transform(({ args }) => args);
}

function file(files: ReadonlyMap<string, ExecutableFile>): z.ZodType<ExecutableFile> {
  return z.object({ file: z.string() }).transform(({ file }, context) => {
    const known = files.get(file);
    if (known !== undefined) return known;
    const message = `unknown file ${JSON.stringify(file)}; allowed: ${[...files.keys()].join(', ')}`;
    context.addIssue({ code: 'custom', path: ['file'], message });
    return z.NEVER;
  });
}

/** How to read the arguments of every operation, into our numbering of the capabilities; `files` are the executables it may name. */
export function argumentSchemas(files: ReadonlyMap<string, ExecutableFile>): ArgumentSchemas {
  const names = Object.keys(ID_CALLS) as IdCallName[];
  return {
    ...(Object.fromEntries(names.map((name) => [name, ids(name)])) as Pick<ArgumentSchemas, IdCallName>),
    capset: sets,
    bset_drop: capability,
    amb_raise: capability,
    amb_lower: capability,
    amb_is_set: capability,
    amb_clear: nothing,
    securebits: value,
    keepcaps: value,
    no_new_privs: z.object({ arg: z.int().default(1) }).transform(({ arg }) => arg),
    fork: nothing,
    exec: file(files),
  };
}
