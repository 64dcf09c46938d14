import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellWord } from '../experiment/command.ts';
import type { Context } from './context.ts';
import { interruption } from './interruption.ts';
import { runCli } from './program.ts';

const launcher = fileURLToPath(new URL('../../bin/ringsim.mjs', import.meta.url));

const context: Context = {
  catalogue: async () => (await import('../experiment/names.ts')).catalogue,
  runModule: new URL('../experiment/node/runner.ts', import.meta.url).href,
  program: `node ${shellWord(relative(process.cwd(), launcher))}`,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY,
  interruption,
};

// A reader that goes away, as in `ringsim ... | head`, is no failure.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
process.exitCode = await runCli(process.argv.slice(2), context);
