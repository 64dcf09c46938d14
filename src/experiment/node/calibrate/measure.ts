import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readingsText } from '../../calibrate/readings.ts';
import { compileProgram, type Compiler } from './compiler.ts';
import { hostFacts } from './hostfacts.ts';

/** How a host is measured. */
export interface MeasureOptions {
  readonly compiler: Compiler;
  /** Runs of the probe, one after the other. */
  readonly runs: number;
  /** Smaller sets and fewer batches: a few seconds a run. */
  readonly quick: boolean;
  /** Day of the measurement, `2026-11-23`. */
  readonly date: string;
  readonly onProgress: (text: string) => void;
}

const SOURCE = fileURLToPath(new URL('probe.c', import.meta.url));

/** The host could not be measured, for a reason that its user can see to. */
export class MeasureError extends Error {
  override readonly name = 'MeasureError';
}

/** Compiles the probe and runs it; gives the text that `parseReadings` reads. Throws a `MeasureError` when it does not compile or run. */
export async function measureHost(options: MeasureOptions): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'ringsim-probe-'));
  try {
    const program = join(dir, 'probe');
    const complaint = compileProgram(options.compiler, SOURCE, program);
    if (complaint !== undefined)
      throw new MeasureError(`the probe does not compile with ${options.compiler.version}:\n${complaint}`);
    const outputs: string[] = [];
    for (let run = 1; run <= options.runs; run++) {
      options.onProgress(`run ${run} of ${options.runs}`);
      outputs.push(await output(program, options.quick ? ['quick'] : []));
    }
    return readingsText(hostFacts(options.date, options.compiler.version), outputs);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [text, log] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.on('error', (error) => reject(new MeasureError(`the probe did not start: ${error.message}`)));
  child.on('close', (code, signal) => {
    if (code === 0) resolve(text);
    else reject(new MeasureError(`the probe ended with ${signal ?? `status ${code}`}\n${log}`));
  });
  return promise;
}
