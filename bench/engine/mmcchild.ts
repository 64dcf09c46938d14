/** One closed M/M/c in a process of its own: `node mmcchild.ts IMPLEMENTATION VARIANT JOBS`; prints one line of JSON, a Measured. */
import type { Measured } from '../harness.ts';
import { Jobs, SHAPES } from './mmcload.ts';
import { MMC_MODELS } from './mmcmodels.ts';

const [implementation, variant, timed] = process.argv.slice(2);
const events = Number(timed);
const shape = SHAPES[variant];
const jobs = new Jobs(shape);
const cpuSeconds = jobs.time(MMC_MODELS[implementation](shape, jobs), events);
const measured: Measured = { events, cpuSeconds, outcome: jobs.outcome };
console.log(JSON.stringify(measured));
