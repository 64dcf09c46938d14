import type { Collector } from './collector.ts';
import { concurrent } from './concurrent.ts';
import { parallel } from './parallel.ts';
import { regions } from './regions.ts';
import { serial } from './serial.ts';

/** Collectors by name. A new one is one file and one row here. */
export const COLLECTORS: Readonly<Record<string, Collector>> = { serial, parallel, regions, concurrent };
