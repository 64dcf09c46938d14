import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { importServer } from '../../src/experiment/import/importer.ts';
import { findInputs } from '../../src/experiment/node/import/inputs.ts';
import { printJson } from '../../src/experiment/import/print.ts';

const USAGE = `usage: node tools/recorded/main.ts CAPTURE... [--out DIR] [--closed CSV] [--counted CSV] [--user-time S] [--requests N]
CAPTURE       perf script or strace listing, plain or .gz; files with the same name up to the first dot are one server
--out         write DIR/NAME.json; without it the models go to standard output
--closed      CPU time per request without a tracer; default closed.csv beside the capture
--counted     calls per request counted without a tracer; default syscall_mix.csv beside the capture
--user-time   user CPU seconds of all requests of the capture when no tracer runs, where there is no such table
--requests    requests in the capture, if known better than by counting`;

const OPTIONS = {
  out: { type: 'string' },
  closed: { type: 'string' },
  counted: { type: 'string' },
  'user-time': { type: 'string' },
  requests: { type: 'string' },
} as const;

function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new Error(`--${name} ${text}: a positive number is needed\n${USAGE}`);
  return value;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
  if (positionals.length === 0) throw new Error(USAGE);
  const userSeconds = positive('user-time', values['user-time']);
  const requests = positive('requests', values.requests);
  const side = { closed: values.closed, counted: values.counted, userSeconds, requests };
  for (const input of await findInputs(positionals, side)) {
    const text = `${printJson((await importServer(input)).model)}\n`;
    if (values.out === undefined) process.stdout.write(text);
    else {
      mkdirSync(values.out, { recursive: true });
      writeFileSync(join(values.out, `${input.name}.json`), text);
    }
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
