import * as z from 'zod';
import { scalarSchema, SETTINGS } from './settings.ts';

const levels = <S extends z.ZodType>(schema: S) => z.array(schema).min(1);

const baseSchema = z.strictObject({
  ...z.object(SETTINGS).partial().shape,
  params: z.record(z.string(), scalarSchema).describe('workload parameters').optional(),
  profile: z.record(z.string(), z.number()).describe('profile numbers replaced, by dotted path').optional(),
});

const varySchema = z
  .object({
    machine: levels(SETTINGS.machine),
    cores: levels(SETTINGS.cores),
    smt: levels(SETTINGS.smt),
    kpti: levels(SETTINGS.kpti),
    mitigations: levels(SETTINGS.mitigations),
    policy: levels(SETTINGS.policy),
    scheduler: levels(SETTINGS.scheduler),
    preemption: levels(SETTINGS.preemption),
    workload: levels(SETTINGS.workload),
    warmup: levels(SETTINGS.warmup),
    measure: levels(SETTINGS.measure),
    syncWindow: levels(SETTINGS.syncWindow),
    fidelity: levels(SETTINGS.fidelity),
  })
  .partial()
  .catchall(levels(scalarSchema));

const PERCENT_FORM = 'expected a percentage such as 2%';
const percent = z.string(PERCENT_FORM).regex(/^\d+(\.\d+)?%$/, PERCENT_FORM);

const targetSchema = z.strictObject({
  metric: z.string().min(1).describe('response whose interval decides, such as throughput or latency.p99'),
  halfwidth: percent.describe('half-width of the interval, relative to the mean'),
  level: z.number().gt(0).lt(1).optional().describe('confidence level, 0.95 if absent'),
});

const untilSchema = z.strictObject({
  min: z.int().min(2).describe('replications of the first round'),
  max: z.int().min(2).describe('replications after which the study ends in any case'),
  target: targetSchema,
});

/** A study file. Unknown keys are refused everywhere; `vary` also takes `params.<name>` and `profile.<path>`. */
export const studySchema = z.strictObject({
  $schema: z.string().optional(),
  modelVersion: z.int().optional().describe('behaviour version a resolved study was made with; never written by hand'),
  experiment: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'expected small letters, digits, dots, dashes or underscores')
    .describe('name of the study and of its folder of results'),
  question: z.string().optional(),
  hypothesis: z.string().optional(),
  extends: z.string().optional().describe('another study file; this one changes it'),
  machines: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .optional()
    .describe('profiles of machines that do not come with ringsim, by name; `machine` may also name a file'),
  workloads: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .optional()
    .describe('replayed traces, by name, as a resolved study keeps them; `workload` may name a file of ringsim import'),
  arrivals: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .optional()
    .describe(
      'recorded arrival times, by file, as a resolved study keeps them; `params.traceFile` names a CSV or TSV file',
    ),
  base: baseSchema.optional(),
  vary: varySchema.optional().describe('factors and their levels'),
  zip: z.array(z.array(z.string()).min(2)).optional().describe('groups of factors whose levels go together'),
  constraint: z
    .string()
    .optional()
    .describe("expression over settings that a run must satisfy: cores >= 2 && policy != 'free'"),
  repeat: z
    .union([z.int().min(1), untilSchema])
    .optional()
    .describe('replications, or how to choose their number'),
  seed: z.int().min(0).optional(),
  compare: z.strictObject({ factor: z.string(), to: scalarSchema.describe('level that is the baseline') }).optional(),
  figures: z.array(z.string()).optional().describe('charts to draw, all if absent'),
});

/** A study as its author wrote it, after `extends`. */
export type StudyInput = z.infer<typeof studySchema>;

/** The published JSON Schema of study files, for editors; the same rules as `studySchema`. */
export function studyJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(studySchema, { io: 'input', target: 'draft-2020-12' }) as Record<string, any>;
  const { additionalProperties, ...vary } = schema['properties'].vary;
  schema['properties'].vary = {
    ...vary,
    patternProperties: { '^(params|profile)\\.': additionalProperties },
    additionalProperties: false,
  };
  return { title: 'ringsim study', ...schema };
}
