/** Replays a decoded trace in a process of its own: `node tracechild.ts WORDS REFERENCES PASSES`; prints one line of JSON, a Measured. */
import { readFileSync } from 'node:fs';
import { TwoLevelCaches } from '../../src/hw/cachegrind/caches.ts';
import type { Measured } from '../harness.ts';
import { GEOMETRY, missesText } from './geometry.ts';

const [file, references, timed] = process.argv.slice(2);
const passes = Number(timed);
const words = new Int32Array(new Uint8Array(readFileSync(file)).buffer);
const caches = new TwoLevelCaches(GEOMETRY);
caches.run(words, words.length);
const outcome = missesText(caches.misses, caches.lastMisses);
for (let pass = 0; pass < passes / 4; pass++) caches.run(words, words.length); // lets the compiler finish
const before = process.cpuUsage();
for (let pass = 0; pass < passes; pass++) caches.run(words, words.length);
const { user, system } = process.cpuUsage(before);
const measured: Measured = { events: Number(references) * passes, cpuSeconds: (user + system) / 1e6, outcome };
console.log(JSON.stringify(measured));
