/**
 * What accesses leave on the heap: `node --min-semi-space-size=1024 --max-semi-space-size=1024 bench/memory/heap.ts STREAM` prints the bytes of an
 * access, over nine warm passes, with room enough that nothing is collected between; --trace-gc shows whether anything was. The least of four
 * measurements: on a busy host the compiler, which works beside, may finish late, and code that it has not seen boxes its times.
 */
import { MemorySystem } from './machine.ts';
import { makeStream, STREAMS } from './streams.ts';

const ACCESSES = 1 << 17;
const PASSES = 9;
const MEASUREMENTS = 4;
/** Passes before those, which let the compiler finish. */
const WARM_PASSES = 20;

const [name = Object.keys(STREAMS)[0]] = process.argv.slice(2);
const stream = makeStream(name, ACCESSES);
const system = new MemorySystem();
for (let pass = 0; pass < WARM_PASSES; pass++) system.run(stream);
const measured = Array.from({ length: MEASUREMENTS }, () => {
  const before = process.memoryUsage().heapUsed;
  for (let pass = 0; pass < PASSES; pass++) system.run(stream);
  return (process.memoryUsage().heapUsed - before) / (ACCESSES * PASSES);
});
console.log(Math.min(...measured));
