import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OURS, type Cell, type Measured } from '../harness.ts';
import { compile, runProgram, runScript } from '../processes.ts';
import { makeTimes, SHAPES } from './mmcload.ts';
import { beside } from './peers.ts';

/** Timed jobs of a process, each of two events. */
const JOBS = 1_000_000;
const TYPESCRIPT = [OURS, 'simjs-entity'] as const;
const CPP = 'cpp-priority-queue';

/** The closed M/M/c on all implementations that are installed here; n is the number of clients, and jobs are counted. */
export function mmcCells(folder: string): Cell[] {
  const program = compile(folder, beside('mmc.cpp'));
  return Object.keys(SHAPES).map((variant) => {
    const shape = SHAPES[variant];
    const measure = new Map<string, () => Measured>();
    for (const name of TYPESCRIPT)
      measure.set(name, () => runScript(folder, beside('mmcchild.ts'), [name, variant, String(JOBS)]));
    if (program !== undefined) {
      const tables = join(folder, variant);
      const { thinks, services } = makeTimes(shape);
      writeFileSync(tables, Buffer.concat([Buffer.from(thinks.buffer), Buffer.from(services.buffer)]));
      const args = [tables, String(shape.clients), String(shape.servers), String(JOBS)];
      measure.set(CPP, () => runProgram(program, args));
    }
    return { variant, n: shape.clients, measure };
  });
}
