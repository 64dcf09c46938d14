import type { Context } from '../../src/cli/context.ts';
import { interruption } from '../../src/cli/interruption.ts';
import { runCli } from '../../src/cli/program.ts';
import { fakeCatalogue } from './fakecatalogue.ts';

// The whole command line as a process, on the fake catalogue and the fake simulator, for tests of signals.
const context: Context = {
  catalogue: async () => fakeCatalogue,
  runModule: new URL('./fakerun.ts', import.meta.url).href,
  program: 'ringsim',
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: false,
  interruption,
};
process.exitCode = await runCli(process.argv.slice(2), context);
