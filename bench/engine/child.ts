/** One hold model in a process of its own: `node child.ts IMPLEMENTATION VARIANT N EVENTS`; prints one line of JSON, a Measured. */
import type { Measured } from '../harness.ts';
import { MODELS } from './models.ts';
import { CHECKED_EVENTS, Ticket, type Variant } from './workload.ts';

const [implementation, variant, pending, timed] = process.argv.slice(2);
const n = Number(pending);
const events = Number(timed);
const ticket = new Ticket(variant as Variant, n);
const hold = MODELS[implementation](n, ticket);
ticket.stretch(hold, CHECKED_EVENTS);
const outcome = String(ticket.checksum);
const cpuSeconds = ticket.time(hold, events);
const bytes = hold.bytesPerEvent?.();
const measured: Measured = { events, cpuSeconds, outcome, ...(bytes === undefined ? {} : { bytesPerEvent: bytes }) };
console.log(JSON.stringify(measured));
