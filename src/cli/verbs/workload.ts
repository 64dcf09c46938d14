import type { Command } from 'commander';
import type { Catalogue, ParamSpec } from '../../experiment/catalogue.ts';
import { unknownName } from '../../experiment/messages.ts';
import { exampleOfWorkload } from '../../experiment/workloadexamples.ts';
import { ConfigError } from '../../sim/errors.ts';
import { jsonOption } from '../arguments.ts';
import { answer, example, type CommonOptions, type Context, type Finish, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { alignColumns } from '../text.ts';

/** `ringsim workload`: what the server can do, and what a study may set of it. */
export const workload: Verb = (program, context, finish) => {
  const group = program.command('workload').description('list workloads and show their parameters');
  list(group, context, finish);
  show(group, context, finish);
};

function list(group: Command, context: Context, finish: Finish): void {
  group
    .command('list')
    .description('the workloads that studies may name')
    .addOption(jsonOption())
    .addHelpText('after', example('workload list'))
    .action(async (options: CommonOptions) => {
      const { workloads } = await context.catalogue();
      const rows = Object.entries(workloads).map(([name, { doc, params }]) => ({
        name,
        doc,
        params: Object.keys(params).length,
      }));
      const text = alignColumns(rows.map(({ name, doc, params }) => [name, `${params} parameters`, doc]));
      answer(context, options, rows, text);
      finish(EXIT.ok);
    });
}

function show(group: Command, context: Context, finish: Finish): void {
  group
    .command('show <workload>')
    .description('every parameter of a workload with its unit, range and default, and how a study sets it')
    .addOption(jsonOption())
    .addHelpText('after', example('workload show java-nio'))
    .action(async (name: string, options: CommonOptions) => {
      const { workloads } = await context.catalogue();
      const found = named(workloads, name);
      const shown = { name, doc: found.doc, params: found.params, example: exampleOfWorkload(name) };
      answer(context, options, shown, textOf(name, found));
      finish(EXIT.ok);
    });
}

function named(workloads: Catalogue['workloads'], name: string): Catalogue['workloads'][string] {
  if (Object.hasOwn(workloads, name)) return workloads[name];
  throw new ConfigError([{ path: 'workload', ...unknownName('workload', name, Object.keys(workloads)) }]);
}

function textOf(name: string, { doc, params }: Catalogue['workloads'][string]): string {
  const rows = Object.entries(params).map(([param, spec]) => [
    `params.${param}`,
    String(spec.default) || '""',
    spec.unit === 'none' ? '' : spec.unit,
    rangeOf(spec),
    spec.doc,
  ]);
  const first = Object.keys(params)[0];
  const use = first === undefined ? '' : `, params: { ${first}: ${String(params[first].default)} }`;
  return [
    `${name}: ${doc}`,
    alignColumns([['parameter', 'default', 'unit', 'allowed', ''], ...rows]),
    `Worked example:  ringsim sweep ${exampleOfWorkload(name)}\nIn a study:  base: { workload: ${name}${use} }`,
  ].join('\n\n');
}

function rangeOf({ kind, choices, min, max }: ParamSpec): string {
  if (choices !== undefined) return choices.join(' | ');
  return min === undefined && max === undefined ? kind : `${min ?? ''} to ${max ?? ''}`;
}
