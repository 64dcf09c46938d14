import { Option, type Command } from 'commander';
import { findMachine, machineNames } from '../../experiment/machines/machinefile.ts';
import {
  namedPolicy,
  policyDifferences,
  policyDocument,
  policyNames,
  policySummary,
} from '../../experiment/policies/policydocument.ts';
import { jsonOption } from '../arguments.ts';
import { answer, example, type CommonOptions, type Context, type Finish, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { policyDifferenceText, policyListText, policyText } from '../policytext.ts';

interface MachineOptions extends CommonOptions {
  readonly machine: string;
}

interface ShowOptions extends MachineOptions {
  readonly kpti: boolean;
}

/** `ringsim policy`: the isolation policies that studies may name, what they cost and where they differ. */
export const policy: Verb = (program, context, finish) => {
  const group = program.command('policy').description('list, show and compare isolation policies');
  list(group, context, finish);
  show(group, context, finish);
  diff(group, context, finish);
};

function machineOption(): Option {
  return new Option('--machine <name>', 'machine whose steps are priced').choices(machineNames).default('skylake-sp');
}

function list(group: Command, context: Context, finish: Finish): void {
  group
    .command('list')
    .description('the policies that studies may name, with the cycles of a call on a machine')
    .addOption(machineOption())
    .addOption(jsonOption())
    .addHelpText('after', example('policy list', 'policy list --machine sapphire-rapids'))
    .action((options: MachineOptions) => {
      const profile = findMachine(options.machine);
      const summaries = policyNames.map((name) => policySummary(namedPolicy(name), profile));
      answer(context, options, summaries, policyListText(summaries, options.machine));
      finish(EXIT.ok);
    });
}

function show(group: Command, context: Context, finish: Finish): void {
  group
    .command('show <policy>')
    .description('what a policy grants, brings and leaves out, and every step of its crossings on a machine')
    .addOption(machineOption())
    .option('--no-kpti', 'without split page tables')
    .addOption(jsonOption())
    .addHelpText('after', example('policy show bypage-hardened', 'policy show bypage-hardened-SFI --no-kpti'))
    .action((name: string, options: ShowOptions) => {
      const document = policyDocument(namedPolicy(name), findMachine(options.machine), options.kpti);
      answer(context, options, document, policyText(document));
      finish(EXIT.ok);
    });
}

function diff(group: Command, context: Context, finish: Finish): void {
  group
    .command('diff <a> <b>')
    .description('the fields and steps in which two policies differ, on any machine')
    .addOption(jsonOption())
    .addHelpText('after', example('policy diff kernelmode kernelmode+gate'))
    .action((a: string, b: string, options: CommonOptions) => {
      const differences = policyDifferences(namedPolicy(a), namedPolicy(b));
      answer(context, options, { a, b, differences }, policyDifferenceText(a, b, differences));
      finish(EXIT.ok);
    });
}
