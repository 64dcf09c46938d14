/** One stream in a process of its own: `node hierarchychild.ts STREAM PASSES`; prints one line of JSON, a Measured. */
import type { Measured } from '../harness.ts';
import { MemorySystem } from './machine.ts';
import { ACCESSES, makeStream } from './streams.ts';

const [name, timed] = process.argv.slice(2);
const passes = Number(timed);
const stream = makeStream(name);
const system = new MemorySystem();
system.run(stream); // fills the caches, and lets the compiler finish
const before = process.cpuUsage();
for (let pass = 0; pass < passes; pass++) system.run(stream);
const { user, system: kernel } = process.cpuUsage(before);
const measured: Measured = {
  events: ACCESSES * passes,
  cpuSeconds: (user + kernel) / 1e6,
  outcome: system.outcome,
};
console.log(JSON.stringify(measured));
