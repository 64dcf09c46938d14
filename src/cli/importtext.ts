import type { Imported } from '../experiment/import/importer.ts';
import { alignColumns, count } from './text.ts';

/** What was modelled, what was dropped, and how the regenerated calls differ from the trace. */
export function importText({ model, report }: Imported): string {
  const { provenance, roles, dropped, totals } = model;
  const unit = report.servesRequests ? 'requests' : 'repetitions of the whole trace: no reply was seen on a socket';
  const rows = report.compared.map(({ what, unit, captured, regenerated, deviation }) => [
    what,
    number(captured),
    number(regenerated),
    percent(deviation),
    unit,
  ]);
  return [
    `${model.name}: ${count(provenance.calls, 'call')} of ${provenance.primary}, ${provenance.requests} ${unit}`,
    ...roles.map(
      ({ name, threads, callsPerRequest, sites }) =>
        `  ${name}: ${count(threads, 'thread')}, ${number(callsPerRequest)} calls a request at ${count(sites.length, 'site')}`,
    ),
    userText(totals),
    replayText(report),
    `Dropped: ${percent(report.dropped.outside)} of the calls before the first request and after the last reply, ${percent(report.dropped.threads)} of ${count(
      dropped.reduce((sum, { threads }) => sum + threads, 0),
      'thread',
    )} that take no part, ${percent(report.dropped.rare)} at rare sites`,
    '',
    alignColumns([['figure', 'trace', 'regenerated', 'difference', 'unit'], ...rows]),
    `\nLargest difference ${percent(report.worst)}`,
    '',
  ].join('\n');
}

function userText({ userNs, tracedUserNs, userScale }: Imported['model']['totals']): string {
  if (tracedUserNs === null) return 'User time: none known (no times in the trace)';
  const traced = `${number(tracedUserNs)} ns a request as traced`;
  if (userScale === null) return `User time: ${traced}; give --user-time to take the tracer's share off`;
  const source =
    userNs === null
      ? 'less the shortest time between calls; give --user-time for what it is without a tracer'
      : 'by the run without a tracer';
  return `User time: ${traced}, ${number(tracedUserNs * userScale)} ns ${source}`;
}

/** What a study that names the file as its workload does not simulate. */
function replayText({ notReplayed }: Imported['report']): string {
  const omitted = Object.entries(notReplayed).toSorted((a, b) => b[1] - a[1]);
  if (omitted.length === 0) return 'Replay makes every call';
  const shown = omitted.slice(0, 8).map(([call, rate]) => `${call} ${number(rate)}`);
  return `Replay does not make these calls (per request): ${shown.join(', ')}${omitted.length > 8 ? `, ${omitted.length - 8} more` : ''}`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`;
}
