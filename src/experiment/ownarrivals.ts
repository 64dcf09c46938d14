import * as z from 'zod';
import type { Problem } from '../sim/errors.ts';
import { readArrivals, type ArrivalTrace } from './arrivalfile.ts';
import type { Layered, ReadText } from './layers.ts';
import { readOwn, type OwnPart } from './ownfiles.ts';

/** Arrival times that a study brings along, by the name of their file. */
export type OwnArrivals = Readonly<Record<string, ArrivalTrace>>;

const traceSchema = z.strictObject({ sha256: z.string().length(64), gapsUs: z.array(z.number().min(0)).min(2) });

const PART: OwnPart<ArrivalTrace> = {
  key: 'arrivals',
  setting: 'params.traceFile',
  pattern: /./,
  check: (value) => {
    const { error } = traceSchema.safeParse(value);
    return (error?.issues ?? []).map(({ path, message }) => ({ path: path.join('.'), message }));
  },
  read: readArrivals,
};

/** The arrivals in a study's own `arrivals` and in the files that its `traceFile` names, with everything that is wrong with them. */
export function ownArrivals(layers: Layered, read: ReadText): { found: OwnArrivals; problems: readonly Problem[] } {
  return readOwn(layers, read, PART);
}
