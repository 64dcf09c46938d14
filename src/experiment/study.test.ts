import { describe, expect, it } from 'vitest';
import { prettyJson } from '../archive/canonical.ts';
import { fakeCatalogue as catalogue } from '../../test/cli/fakecatalogue.ts';
import type { ReadText } from './layers.ts';
import { ConfigError, problemText } from '../sim/errors.ts';
import { catalogue as real } from './names.ts';
import { loadStudy, type StudyOptions } from './study.ts';
import { MODEL_VERSION } from './version.ts';

const files =
  (texts: Record<string, string>): ReadText =>
  (file) => {
    const text = texts[file];
    if (text === undefined) throw new Error('no such file');
    return { text, file };
  };
const load = (text: string, options: Partial<StudyOptions> = {}) =>
  loadStudy('s.yaml', files({ 's.yaml': text }), { catalogue, ...options });
const mistakes = (text: string, options: Partial<StudyOptions> = {}): string[] => {
  try {
    load(text, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(problemText);
    throw error;
  }
  return [];
};

const GOOD = `experiment: quick
base:
  machine: server
  workload: http
  params: {connections: 8}
vary:
  policy: [baseline, kernelmode]
  cores: [1, 2]
repeat: 3
compare: {factor: policy, to: baseline}
`;

describe('a study without mistakes', () => {
  it('is resolved with every default of the schema and the catalogue', () => {
    const study = load(GOOD);

    expect(study.base).toEqual({
      machine: 'server',
      kpti: true,
      mitigations: true,
      scheduler: 'eevdf',
      preemption: 'full',
      workload: 'http',
      warmup: '20ms',
      measure: '100ms',
      syncWindow: 1000,
      fidelity: 'exact',
      params: { connections: 8, load: 0.5, loop: 'open', nagle: false },
      profile: {},
    });
    expect(Object.keys(study.vary)).toEqual(['cores', 'policy']);
    expect(study.compare).toEqual({ factor: 'policy', to: 'baseline' });
    expect(study.seed).toBe(1);
  });

  it('is the same study when its resolved form is read again', () => {
    const study = load(GOOD);

    expect(load(prettyJson(study))).toEqual(study);
  });

  it('takes factors of its parent, changes one and drops another with null', () => {
    const child =
      'extends: s.yaml\nexperiment: child\nbase: {cores: 4}\nvary: {cores: null, policy: [baseline, free]}\n';
    const study = loadStudy('c.yaml', files({ 's.yaml': GOOD, 'c.yaml': child }), { catalogue });

    expect(study.vary).toEqual({ policy: ['baseline', 'free'] });
    expect(study.base['cores']).toBe(4);
    expect(study.experiment).toBe('child');
  });

  it('is pinned by overrides, which leave the comparison when they fix its factor', () => {
    const study = load(GOOD, { overrides: ['policy=free', 'params.load=0.25', 'profile.cost.swapgs=20'], seed: 9 });

    expect(study.vary).toEqual({ cores: [1, 2] });
    expect(study.base).toMatchObject({ policy: 'free', params: { load: 0.25 }, profile: { 'cost.swapgs': 20 } });
    expect(study.compare).toBeUndefined();
    expect(study.seed).toBe(9);
  });

  it('keeps of zipped factors, when one of them is pinned, the levels that went with its own', () => {
    const zipped = GOOD.replace(
      'cores: [1, 2]',
      'params.load: [0.1, 0.5, 0.1]\n  params.connections: [1, 2, 4]',
    ).concat('zip: [[params.load, params.connections]]\n');

    expect(load(zipped, { overrides: ['params.load=0.5'] }).vary['params.connections']).toEqual([2]);
    expect(load(zipped, { overrides: ['params.load=0.1'] }).vary['params.connections']).toEqual([1, 4]);
    expect(load(zipped, { overrides: ['params.load=0.9'] }).vary['params.connections']).toEqual([1, 2, 4]);
  });
});

describe('a wrong study', () => {
  it('lists mistakes of all kinds at once with line, column, path, value, allowed values and the nearest name', () => {
    const text = `experiment: Quick Start
base:
  machine: servr
  polcy: baseline
  workload: http
  kpti: "on"
  cores: 0
  params:
    conections: 5
    load: 1.5
    loop: opne
  warmup: 20 ms
vary:
  policy: [baseline, kernelmod]
  coers: [1, 2]
  params.connections: [1, 2.5, 4]
zip:
  - [policy, params.connections]
constraint: "cores >= 2 && polcy != 'free'"
repeat: 0
compare: {factor: policy, to: fre}
figures: [gain, latncy]
`;

    expect(mistakes(text, { figures: ['gain', 'latency'] })).toEqual([
      's.yaml:1:13 experiment: expected small letters, digits, dots, dashes or underscores (got "Quick Start")',
      's.yaml:3:12 base.machine: unknown machine (got "servr", allowed toy | server, did you mean server?)',
      's.yaml:4:3 base.polcy: unknown key (got "polcy", allowed machine | cores | smt | kpti | mitigations | policy | scheduler | preemption | workload | warmup | measure | syncWindow | fidelity | params | profile, did you mean policy?)',
      's.yaml:6:9 base.kpti: expected boolean (got "on", allowed true | false)',
      's.yaml:7:10 base.cores: value too small (got 0, allowed at least 1)',
      's.yaml:9:5 base.params.conections: unknown parameter of workload "http" (got "conections", allowed connections | load | loop | nagle, did you mean connections?)',
      's.yaml:10:11 base.params.load: out of range (got 1.5, allowed 0 to 0.95)',
      's.yaml:11:11 base.params.loop: unknown choice (got "opne", allowed open | closed, did you mean open?)',
      's.yaml:12:11 base.warmup: expected a time such as 500us, 20ms or 1s (got "20 ms")',
      's.yaml:14:22 vary.policy.1: unknown policy (got "kernelmod", allowed baseline | kernelmode | bypage | free, did you mean kernelmode?)',
      's.yaml:15:3 vary.coers: unknown factor (got "coers", allowed machine | cores | smt | kpti | mitigations | policy | scheduler | preemption | workload | warmup | measure | syncWindow | fidelity | params.connections | params.load | params.loop | params.nagle, did you mean cores?)',
      's.yaml:16:27 vary.params.connections.1: expected integer (got 2.5)',
      's.yaml:18:5 zip.0: zipped factors need equally many levels: policy has 2, params.connections has 3',
      's.yaml:19:28 constraint: unknown name at character 15 (got "polcy", allowed machine | cores | smt | kpti | mitigations | policy | scheduler | preemption | workload | warmup | measure | syncWindow | fidelity | params.connections | params.load | params.loop | params.nagle, did you mean policy?)',
      's.yaml:20:9 repeat: value too small (got 0, allowed at least 1)',
      's.yaml:21:31 compare.to: unknown level of policy (got "fre", allowed baseline | kernelmod)',
      's.yaml:22:17 figures.1: unknown figure (got "latncy", allowed gain | latency, did you mean latency?)',
    ]);
  });

  it('names an alias without its anchor alone, as the rest of the text is a guess', () => {
    expect(mistakes('experiment: a\nbase: *b\nfoo: 1\n')).toEqual([
      's.yaml:2:7 (syntax): Unresolved alias (the anchor must be set before the alias): b',
    ]);
  });

  it('says what a percentage and a whole number are, and that a study without factors compares none', () => {
    const repeat = 'repeat: {min: 2, max: 3, target: {metric: throughput, halfwidth: 2}}';
    expect(mistakes(GOOD.replace(/repeat: .*/, repeat)).concat(mistakes(`${GOOD}seed: 1.5\n`))).toEqual([
      expect.stringContaining('repeat.target.halfwidth: expected a percentage such as 2% (got 2)') as string,
      expect.stringContaining('seed: expected integer (got 1.5)') as string,
    ]);
    const alone = 'experiment: a\nbase: {machine: toy, workload: http}\ncompare: {factor: policy, to: free}\n';
    expect(mistakes(alone)).toEqual([
      's.yaml:3:19 compare.factor: unknown factor (got "policy", allowed none, as there is no factor)',
    ]);
  });

  it('names the line of a syntax error and keeps quiet about what follows it', () => {
    expect(mistakes('experiment: a\nbase:\n  polcy: x\n  machine: [toy\nvary: {coers: [1]}\n')).toEqual([
      's.yaml:3:3 base.polcy: unknown key (got "polcy", allowed machine | cores | smt | kpti | mitigations | policy | scheduler | preemption | workload | warmup | measure | syncWindow | fidelity | params | profile, did you mean policy?)',
      's.yaml:5:1 (syntax): Flow sequence in block collection must be sufficiently indented and end with a ]',
    ]);
  });

  it('refuses a key given twice', () => {
    expect(mistakes(`${GOOD}repeat: 4\n`)).toEqual(['s.yaml:11:1 (syntax): Map keys must be unique']);
  });

  it('refuses a sample of lines where caches prefetch, and takes it where profile.prefetching is 0', () => {
    const text = 'experiment: a\nbase:\n  machine: skylake-sp\n  workload: java-nio\n  fidelity: interval\n';
    const on = '  profile: {prefetching: 1}\n';

    expect(mistakes(text, { catalogue: real })).toEqual([]);
    expect(mistakes(text + on, { catalogue: real })).toEqual([
      's.yaml:5:13 base.fidelity: fidelity interval has no prefetch, which machine "skylake-sp" does here; set profile.prefetching to 0 (got "interval", allowed exact)',
    ]);
  });

  it('refuses 4 cores on the machine that has 2 and accepts them on the one that has 8', () => {
    const text = GOOD.replace('cores: [1, 2]', 'cores: [2, 4]\n  machine: [toy, server]');

    expect(mistakes(text)).toEqual([
      's.yaml:8:14 vary.cores.1: more cores than machine "toy" has (got 4, allowed 1 to 2)',
    ]);
    expect(mistakes(`${text}constraint: "machine == 'server' || cores <= 2"\n`)).toEqual([]);
  });

  it('refuses hardware threads on the machine that has none and accepts them on the one that has', () => {
    const text = GOOD.replace('cores: [1, 2]', 'smt: [false, true]\n  machine: [toy, server]');

    expect(mistakes(text)).toEqual([
      's.yaml:8:16 vary.smt.1: machine "toy" has one thread a core (got true, allowed false)',
    ]);
    expect(mistakes(text.replace('[toy, server]', '[server]'))).toEqual([]);
  });

  it('refuses a profile number that only one of its machines lacks, and one out of its sourced range', () => {
    const text = GOOD.replace('cores: [1, 2]', 'machine: [toy, server]').replace(
      'machine: server',
      'profile: {cost.swapgs: 20, cost.cr3Write: 300}',
    );

    expect(mistakes(text)).toEqual([
      's.yaml:3:13 base.profile.cost.swapgs: unknown number of machine "toy" (got "cost.swapgs", allowed cost.cr3Write)',
      's.yaml:3:45 base.profile.cost.cr3Write: out of range (got 300, allowed 96 to 251)',
    ]);
  });

  it('reports a wrong option of the command line as the option', () => {
    expect(mistakes(GOOD, { overrides: ['polcy=free', 'cores=99', 'params.load', 'policy=fre'] })).toEqual([
      '-o params.load (option): cannot read the option (got "params.load", allowed key=value, such as policy=kernelmode or params.connections=16)',
      '-o polcy=free base.polcy: unknown key (got "polcy", allowed machine | cores | smt | kpti | mitigations | policy | scheduler | preemption | workload | warmup | measure | syncWindow | fidelity | params | profile, did you mean policy?)',
      '-o cores=99 base.cores: more cores than machine "server" has (got 99, allowed 1 to 8)',
      '-o policy=fre base.policy: unknown policy (got "fre", allowed baseline | kernelmode | bypage | free, did you mean free?)',
    ]);
  });

  it('names the parent file for a mistake in the parent', () => {
    const read = files({
      's.yaml': GOOD.replace('cores: [1, 2]', 'cores: [1, 99]'),
      'c.yaml': 'extends: s.yaml\nexperiment: c\nseed: -1\n',
    });

    expect(() => loadStudy('c.yaml', read, { catalogue })).toThrow(
      'c.yaml:3:7 seed: value too small (got -1, allowed at least 0)\ns.yaml:8:14 vary.cores.1: more cores than machine "server" has (got 99, allowed 1 to 8)',
    );
  });

  it('refuses a parent that is absent and a chain that comes back to itself', () => {
    expect(mistakes('extends: p.yaml\n')).toEqual(['s.yaml:1:10 extends: cannot read p.yaml: no such file']);
    expect(mistakes('experiment: a\nextends: s.yaml\n')).toEqual(['s.yaml:2:10 extends: s.yaml extends itself']);
  });

  it('refuses a constraint that no run satisfies, one of the wrong type and one that is cut short', () => {
    expect(mistakes(`${GOOD}constraint: cores > 5\n`)).toEqual([
      's.yaml:11:13 constraint: no combination of levels satisfies the constraint: the study has no runs (got "cores > 5")',
    ]);
    expect(mistakes(`${GOOD}constraint: cores > 'a'\n`)).toEqual([
      's.yaml:11:19 constraint: > cannot join 1 and "a" at character 7 (got "cores > \'a\'")',
    ]);
    expect(mistakes(`${GOOD}constraint: cores >\n`)).toEqual([
      's.yaml:11:20 constraint: expected a value, found the end at character 8 (got "cores >")',
    ]);
    expect(mistakes(`${GOOD}constraint: policy != 'fre'\n`)).toEqual([
      's.yaml:11:23 constraint: unknown policy at character 11 (got "fre", allowed baseline | kernelmode | bypage | free, did you mean free?)',
    ]);
  });

  it('refuses a level given twice, since its runs would be the same runs', () => {
    expect(mistakes(GOOD.replace('[1, 2]', '[1, 1]'))).toEqual([
      's.yaml:7:3 vary: measurements "cores=1,policy=baseline" and "cores=1,policy=baseline" are the same run: a factor has no effect or a level is given twice',
    ]);
  });

  it('refuses a study that another model version resolved', () => {
    expect(mistakes(`${GOOD}modelVersion: 0\n`)).toEqual([
      `s.yaml:11:15 modelVersion: resolved by another model version than ${MODEL_VERSION} (got 0)`,
    ]);
  });

  it('says that machine and workload are missing, and that a list is no study', () => {
    expect(mistakes('experiment: a\n')).toEqual([
      's.yaml:1:1 base: machine is missing: set it in base or vary',
      's.yaml:1:1 base: workload is missing: set it in base or vary',
    ]);
    expect(mistakes('- a\n')).toEqual(['s.yaml:1:1 (root): expected object (got ["a"])']);
  });
});
