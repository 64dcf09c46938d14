/**
 * What accesses leave on the heap: `node --min-semi-space-size=1024 --max-semi-space-size=1024 bench/memory/heap.ts STREAM` prints bytes after one
 * and after ten passes, with room enough that nothing is collected between; --trace-gc shows whether anything was.
 */
import { MemorySystem } from './machine.ts';
import { makeStream, STREAMS } from './streams.ts';

const ACCESSES = 1 << 19;
const [name = Object.keys(STREAMS)[0]] = process.argv.slice(2);
const stream = makeStream(name, ACCESSES);
const system = new MemorySystem();
for (let pass = 0; pass < 10; pass++) system.run(stream); // lets the compiler finish
const start = process.memoryUsage().heapUsed;
system.run(stream);
const one = process.memoryUsage().heapUsed - start;
for (let pass = 1; pass < 10; pass++) system.run(stream);
const ten = process.memoryUsage().heapUsed - start;
console.log(`${name}: ${one} bytes after ${ACCESSES} accesses, ${ten} after ${10 * ACCESSES}`);
