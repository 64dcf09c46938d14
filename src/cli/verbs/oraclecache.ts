import type { Command } from 'commander';
import { ConfigError, type Problem } from '../../sim/errors.ts';
import { checkGeometry, parseCache, type CacheGeometry, type Geometry } from '../../hw/cachegrind/geometry.ts';
import { TraceReplayer, type TraceReplay } from '../../hw/cachegrind/replay.ts';
import { jsonOption } from '../arguments.ts';
import { chunksOf } from '../chunks.ts';
import { answer, example, type CommonOptions, type Context, type Finish } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { alignColumns, count } from '../text.ts';
import { UsageError } from '../usage.ts';

interface Options extends CommonOptions {
  readonly i1?: string;
  readonly d1?: string;
  readonly ll?: string;
}

const FORM = 'size,associativity,line in decimal bytes, such as 32768,8,64';
const CAPTURE =
  'valgrind --tool=lackey --vex-iropt-register-updates=sp-at-mem-access --trace-mem=yes --log-file=ls.lackey ls';

/** `ringsim oracle cache`: a lackey trace through cachegrind's caches. */
export function addCacheOracle(group: Command, context: Context, finish: Finish): void {
  group
    .command('cache <trace>')
    .description(
      'a memory trace of valgrind lackey, plain or gzip, or - for the standard input; prints the nine counters of cachegrind',
    )
    .option('--i1 <size,assoc,line>', 'instruction cache')
    .option('--d1 <size,assoc,line>', 'data cache')
    .option('--ll <size,assoc,line>', 'last level')
    .addOption(jsonOption())
    .addHelpText('after', `\nCapture with:\n  $ ${CAPTURE}`)
    .addHelpText(
      'after',
      example('oracle cache test/data/lackey/mix.lackey.gz --i1 32768,8,64 --d1 32768,8,64 --ll 8388608,16,64'),
    )
    .action(async (path: string, options: Options) => finish(await act(path, options, context)));
}

async function act(path: string, options: Options, context: Context): Promise<ExitCode> {
  const replay = await replayFile(path, geometryOf(options));
  const rows = Object.entries(replay.counters).map(([name, value]) => [name, String(value)]);
  answer(context, options, replay, alignColumns([['counter', 'count'], ...rows]));
  return warn(path, replay, context);
}

async function replayFile(path: string, geometry: Geometry): Promise<TraceReplay> {
  const replayer = new TraceReplayer(geometry);
  try {
    for await (const chunk of chunksOf(path)) replayer.add(chunk);
    return replayer.result();
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`${path}: ${error.message}`) : error;
  }
}

/** The three caches, or every mistake in them at once. */
function geometryOf({ i1, d1, ll }: Options): Geometry {
  const problems: Problem[] = [];
  const read = (path: string, text: string | undefined): CacheGeometry => {
    const cache = parseCache(text ?? '');
    if (cache === undefined)
      problems.push({ path, value: text, message: text === undefined ? 'missing' : 'bad argument', allowed: FORM });
    return cache ?? { sizeBytes: 32768, ways: 8, lineBytes: 64 };
  };
  const geometry = { i1: read('--i1', i1), d1: read('--d1', d1), ll: read('--ll', ll) };
  problems.push(...checkGeometry(geometry));
  if (problems.length > 0) throw new ConfigError(problems);
  return geometry;
}

/** What the counts leave out; a trace that counts nothing is no success. */
function warn(path: string, { lines, skipped, malformed, malformedLines }: TraceReplay, { err }: Context): ExitCode {
  for (const { line, message } of malformed.slice(0, 20)) err(`${path}:${line} malformed: ${message}\n`);
  const references = lines - skipped - malformedLines;
  err(`${path}: ${count(references, 'reference')}, ${skipped} other lines skipped, ${malformedLines} malformed\n`);
  if (references === 0) err(`${path} holds no reference\n`);
  return references === 0 || malformedLines > 0 ? EXIT.usage : EXIT.ok;
}
