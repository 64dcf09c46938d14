import type { Context } from '../../src/cli/context.ts';
import { runCli } from '../../src/cli/program.ts';
import { fakeCatalogue } from './fakecatalogue.ts';

/** What a command line wrote and how it ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this thread on the fake catalogue and the fake simulator. */
export async function cli(...argv: readonly string[]): Promise<Ended> {
  let [out, err] = ['', ''];
  const context: Context = {
    catalogue: async () => fakeCatalogue,
    runModule: new URL('./fakerun.ts', import.meta.url).href,
    program: 'ringsim',
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    isTerminal: false,
    interruption: () => ({ signal: new AbortController().signal, dispose: () => undefined }),
  };
  const code = await runCli(argv, context);
  return { code, out, err };
}
