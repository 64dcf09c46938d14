/** One measurement in a process of its own: `node child.ts IMPLEMENTATION VARIANT N EVENTS`; prints one line of JSON. */
import { MODELS, type Hold } from './models.ts';
import { CHECKED_EVENTS, Stop, Ticket, type Measured, type Variant } from './workload.ts';

const [implementation, variant, pending, timed] = process.argv.slice(2);
const n = Number(pending);
const events = Number(timed);
const ticket = new Ticket(variant as Variant, n);
const hold = MODELS[implementation](n, ticket);
stretch(hold, CHECKED_EVENTS);
const { checksum } = ticket;
stretch(hold, Math.floor(events / 2)); // lets the compiler finish
const before = process.cpuUsage();
stretch(hold, events);
const { user, system } = process.cpuUsage(before);
const bytes = hold.bytesPerEvent?.();
const measured: Measured = {
  events,
  cpuSeconds: (user + system) / 1e6,
  checksum,
  ...(bytes === undefined ? {} : { bytesPerEvent: bytes }),
};
console.log(JSON.stringify(measured));

function stretch(model: Hold, count: number): void {
  ticket.stopAt = ticket.delivered + count;
  try {
    model.run();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
}
