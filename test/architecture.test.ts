import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Who may import whom, by the longest matching folder (docs/adr/0002). `node`: files that may use Node built-ins. */
const ROOMS: Readonly<Record<string, { readonly imports: readonly string[]; readonly node?: RegExp }>> = {
  'src/sim': { imports: [] },
  'src/hw': { imports: ['src/sim'] },
  'src/kernel/semantics': { imports: [] },
  'src/kernel': { imports: ['src/sim', 'src/hw', 'src/kernel/semantics'] },
  'src/workloads': { imports: ['src/sim', 'src/kernel/abi.ts'] },
  'src/check': { imports: ['src/sim', 'src/kernel/semantics'] },
  'src/archive': { imports: ['src/sim'], node: /^src\/archive\/store[a-z]*\.ts$/ },
  'src/experiment': {
    imports: ['src/sim', 'src/hw', 'src/kernel', 'src/kernel/semantics', 'src/workloads', 'src/check', 'src/archive'],
    node: /^src\/experiment\/node\//,
  },
  'src/report': { imports: ['src/archive', 'src/sim'], node: /^src\/report\/render[a-z-]*\.ts$/ },
  'src/cli': {
    imports: [
      'src/sim',
      'src/hw',
      'src/kernel',
      'src/kernel/semantics',
      'src/archive',
      'src/experiment',
      'src/report',
      'src/check',
      'bench',
    ],
    node: /^src\/cli\//,
  },
};
/** Rooms whose results must be equal on every machine: nothing ambient, no maths that engines round differently. */
const MODEL_ROOMS = /^src\/(sim|hw|kernel|workloads|check)\//;
const FORBIDDEN =
  /Math\.(random|exp|expm1|log|log2|log10|log1p|pow|sin|cos|tan|atan2?|cbrt|hypot)\b|\bDate\b|performance\.now|\*\*|localeCompare/;
/** The hard limit; a typical file has about 100 lines, and one above 250 needs a reason. */
const MAX_LINES = 400;

const files = globSync('src/**/*.ts')
  .map((file) => file.replaceAll('\\', '/'))
  .sort();
const sources = files.filter((file) => !file.endsWith('.test.ts'));

/** What a file imports; `values` leaves out imports of types alone, which vanish before anything runs. */
function importsOf(file: string, kind: 'all' | 'values' = 'all'): string[] {
  const text = readFileSync(file, 'utf8').replace(kind === 'values' ? /^(import|export) type\s[^;]*;/gm : /$^/, '');
  const from = [...text.matchAll(/^(?:import|export)\s[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm)];
  return from.map((match) => match[1] ?? match[2]);
}

function resolve(file: string, specifier: string): string {
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
}

function roomOf(file: string): string {
  const rooms = Object.keys(ROOMS).filter((room) => file.startsWith(`${room}/`));
  return rooms.reduce((longest, room) => (room.length > longest.length ? room : longest), '');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

describe('the house', () => {
  it('has a room for every source file', () => {
    expect(sources.filter((file) => roomOf(file) === '')).toEqual([]);
  });

  it('lets each room import only the rooms below it', () => {
    const broken = sources.flatMap((file) => {
      const room = roomOf(file);
      const allowed = [room, ...ROOMS[room].imports];
      const inside = (target: string): boolean =>
        allowed.some(
          (place) =>
            target === place || (target.startsWith(`${place}/`) && (place !== room || roomOf(target) === room)),
        );
      return importsOf(file)
        .map((specifier) => resolve(file, specifier))
        .filter((target) => /^(src|bench|test|tools)\//.test(target) && !inside(target))
        .map(
          (target) =>
            `${file} imports ${target}: ${room} may import ${ROOMS[room].imports.join(', ') || 'nothing else'}`,
        );
    });
    expect(broken).toEqual([]);
  });

  it('keeps Node built-ins in the files that adapt to Node', () => {
    const broken = sources.filter(
      (file) =>
        importsOf(file).some((name) => name.startsWith('node:')) && !(ROOMS[roomOf(file)].node?.test(file) ?? false),
    );
    expect(broken).toEqual([]);
  });

  it('has no import cycle', () => {
    const graph = new Map(sources.map((file) => [file, importsOf(file, 'values').map((name) => resolve(file, name))]));
    const state = new Map<string, 'open' | 'done'>();
    const visit = (file: string, path: readonly string[]): string[] => {
      if (state.get(file) === 'open') return [[...path.slice(path.indexOf(file)), file].join(' -> ')];
      if (state.has(file) || !graph.has(file)) return [];
      state.set(file, 'open');
      const cycles = graph.get(file)!.flatMap((next) => visit(next, [...path, file]));
      state.set(file, 'done');
      return cycles;
    };
    expect(sources.flatMap((file) => visit(file, []))).toEqual([]);
  });

  it(`keeps source files within ${MAX_LINES} lines`, () => {
    const long = sources
      .map((file) => [file, readFileSync(file, 'utf8').split('\n').length - 1] as const)
      .filter(([, lines]) => lines > MAX_LINES);
    expect(long).toEqual([]);
  });

  it('calls nothing ambient and no maths that differs between engines in model code', () => {
    const broken = sources
      .filter((file) => MODEL_ROOMS.test(file))
      .flatMap((file) => {
        const match = FORBIDDEN.exec(withoutComments(readFileSync(file, 'utf8')));
        return match === null ? [] : [`${file}: ${match[0]}`];
      });
    expect(broken).toEqual([]);
  });

  it('reads the name of a policy only where results are labelled', () => {
    const readers = sources.filter(
      (file) =>
        /^src\/(sim|hw|kernel)\//.test(file) && /policy\.name\b/.test(withoutComments(readFileSync(file, 'utf8'))),
    );
    expect(readers).toEqual([]);
  });
});
