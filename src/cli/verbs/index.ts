import type { Verb } from '../context.ts';
import { archive } from './archive.ts';
import { attack } from './attack.ts';
import { bench } from './bench.ts';
import { calibrate } from './calibrate.ts';
import { check } from './check.ts';
import { command } from './command.ts';
import { importTrace } from './import.ts';
import { machine } from './machine.ts';
import { oracle } from './oracle.ts';
import { plot } from './plot.ts';
import { policy } from './policy.ts';
import { reproduce } from './reproduce.ts';
import { run } from './run.ts';
import { saturate } from './saturate.ts';
import { schema } from './schema.ts';
import { status } from './status.ts';
import { sweep } from './sweep.ts';
import { validate } from './validate.ts';
import { trace } from './trace.ts';
import { verify } from './verify.ts';
import { workload } from './workload.ts';

/** All verbs in the order of the help. */
export const verbs: readonly Verb[] = [
  run,
  sweep,
  saturate,
  status,
  command,
  plot,
  archive,
  verify,
  reproduce,
  trace,
  oracle,
  attack,
  check,
  machine,
  policy,
  workload,
  calibrate,
  validate,
  importTrace,
  bench,
  schema,
];
