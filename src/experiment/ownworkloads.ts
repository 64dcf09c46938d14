import * as z from 'zod';
import { CALLS } from '../kernel/abi.ts';
import { ConfigError, type Problem } from '../sim/errors.ts';
import type { RecordedModel } from '../workloads/recorded/model.ts';
import { replayWorkload } from '../workloads/replay.ts';
import { replayModel, type ReplayModel } from '../workloads/replaymodel.ts';
import type { Catalogue } from './catalogue.ts';
import { readOwn, type OwnPart } from './ownfiles.ts';
import type { Layered, ReadText } from './layers.ts';

/** Workloads that a study brings along, by the name that it uses for them: the file's, for one that it reads. */
export type OwnWorkloads = Readonly<Record<string, ReplayModel>>;

const amount = z.number().min(0);
const KINDS = [
  'receive',
  'send',
  'readFile',
  'appendLog',
  'control',
  'changeInterest',
  'poll',
  'wake',
  'check',
  'identity',
  'clock',
  'yield',
  'plain',
] as const;
const stepSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(KINDS),
  call: z.enum(CALLS).optional(),
  perRequest: amount,
  bytes: amount,
  userNs: amount,
});
/** What a resolved study keeps of a workload file. */
const replaySchema = z.strictObject({
  name: z.string(),
  requestBytes: amount,
  replyBytes: amount,
  waitNs: amount,
  otherNs: amount,
  steps: z.array(stepSchema),
  omitted: z.record(z.string(), amount),
});

const stepsSchema = z.array(z.union([z.string(), z.looseObject({ body: z.array(z.string()) })]));
const siteSchema = z.looseObject({
  id: z.string(),
  call: z.string(),
  fd: z.string().nullable(),
  perRequest: amount,
  userNs: amount,
  result: z.looseObject({ mean: amount }),
});
/** What a replay needs of the files that `ringsim import` writes. */
const fileSchema = z.looseObject({
  format: z.literal(2),
  name: z.string(),
  totals: z.looseObject({ requestBytes: amount, replyBytes: amount }),
  roles: z
    .array(z.looseObject({ sites: z.array(siteSchema), paths: z.array(z.looseObject({ steps: stepsSchema })) }))
    .min(1),
});

const PART: OwnPart<ReplayModel> = {
  key: 'workloads',
  setting: 'workload',
  check: (value) => problemsOf(replaySchema.safeParse(value)),
  read: (text, file) => replayModel(readModel(text, file)),
};

/** The workloads in a study's own `workloads` and in the files that its `workload` names, with everything that is wrong with them. */
export function ownWorkloads(layers: Layered, read: ReadText): { found: OwnWorkloads; problems: readonly Problem[] } {
  return readOwn(layers, read, PART);
}

/** Reads a workload file; a ConfigError lists everything wrong with it by path. */
function readModel(text: string, file: string): RecordedModel {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError([
      { file, path: '(syntax)', message: error instanceof Error ? error.message : String(error) },
    ]);
  }
  const problems = problemsOf(fileSchema.safeParse(value)).map((problem) => Object.assign({ file }, problem));
  if (problems.length > 0) throw new ConfigError(problems);
  return value as RecordedModel;
}

function problemsOf(parsed: z.ZodSafeParseResult<unknown>): { path: string; message: string }[] {
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
}

/** A catalogue with further workloads. */
export function withWorkloads(catalogue: Catalogue, workloads: OwnWorkloads): Catalogue {
  const own = Object.entries(workloads).map(([name, model]) => [name, replayWorkload(name, model)]);
  return { ...catalogue, workloads: { ...catalogue.workloads, ...Object.fromEntries(own) } };
}
