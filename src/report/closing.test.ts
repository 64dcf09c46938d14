import { expect, test } from 'vitest';
import { closingScreen } from './closing.ts';
import { changed, syntheticRows } from './testing.ts';

const context = { directory: 'results/quickstart', machine: 'skylake-sp' };
const pair = ['baseline', 'kernelmode', 'bypage'];

/** The sentences of the answer, without the lines below it. */
const answer = (screen: string): string => screen.split('\n')[0] ?? '';

test('a gain with KPTI and none without it are told in two sentences', () => {
  const rows = syntheticRows({
    policies: pair,
    factors: { kpti: [false, true] },
    gain: ({ kpti, policy }) =>
      kpti === true ? { mean: policy === 'bypage' ? -2.26 : 9.13, halfwidth: 0.41 } : { mean: 0.12, halfwidth: 0.3 },
  });

  expect(answer(closingScreen(rows, context))).toBe(
    'On skylake-sp with KPTI, kernelmode serves 9.1 % (± 0.4) more requests per second than baseline and ' +
      'bypage serves 2.3 % (± 0.4) fewer requests per second than baseline. ' +
      'Without KPTI, kernelmode and bypage show no gain (0.1 % ± 0.3; every interval contains zero).',
  );
});

test('a loss of every policy is told as fewer requests and as a higher tail', () => {
  const rows = syntheticRows({ policies: pair, gain: () => ({ mean: -1.5, halfwidth: 0.02 }) });

  expect(answer(closingScreen(rows, context))).toBe(
    'On skylake-sp, kernelmode serves 1.50 % (± 0.02) fewer requests per second than baseline and bypage 1.50 % (± 0.02) fewer. ' +
      'At the tail, kernelmode has 1.50 % (± 0.02) higher p99 latency than baseline and bypage 1.50 % (± 0.02) higher.',
  );
});

test('over 3 core counts a policy is told by its smallest and largest gain with their places', () => {
  const rows = syntheticRows({
    policies: ['baseline', 'kernelmode'],
    factors: { cores: [1, 4, 8] },
    gain: ({ cores }) => ({ mean: 2 + Number(cores), halfwidth: 0.5 }),
  });

  expect(answer(closingScreen(rows, context))).toContain(
    'kernelmode serves 3.0 % (± 0.5, 1 core) to 10.0 % (± 0.5, 8 cores) more requests per second than baseline.',
  );
});

test('gains of both signs are told as a range from the loss to the gain', () => {
  const rows = syntheticRows({
    policies: ['baseline', 'kernelmode'],
    factors: { cores: [1, 4, 8] },
    gain: ({ cores }) => ({ mean: Number(cores) - 4, halfwidth: 0.5 }),
  });

  expect(answer(closingScreen(rows, context))).toContain(
    'kernelmode ranges from −3.0 % (± 0.5, 1 core) to 4.0 % (± 0.5, 8 cores) in throughput against baseline.',
  );
});

test('at a fixed arrival rate, where throughput cannot gain, the second sentence is the tail', () => {
  const served = syntheticRows({ policies: ['baseline', 'kernelmode'], factors: { kpti: [false, true] } });
  const rows = changed(served, ({ metric, gain }) =>
    metric === 'throughput' && gain ? { gain: { mean: 0, halfwidth: 0.1 } } : {},
  );

  expect(answer(closingScreen(rows, context))).toMatch(
    /^On skylake-sp, kernelmode shows no gain \(0\.0 % ± 0\.1.*\)\. At the tail, kernelmode has .* lower p99 latency than baseline\.$/,
  );
});

test('a study of another factor without comparison reports the range of its values', () => {
  const rows = syntheticRows({
    compare: false,
    policies: ['free'],
    factors: { 'params.thinkUs': [0, 50, 200], cores: [1] },
  });

  expect(answer(closingScreen(rows, { directory: 'out' }))).toMatch(
    /^Overall, throughput runs from [\d,]+ requests\/s \(/,
  );
});

test('single runs are told as such and claim nothing', () => {
  const screen = closingScreen(syntheticRows({ policies: pair, n: 1 }), context);

  expect(screen).toContain('(single run)');
  expect(screen).toContain('Single runs have no interval and prove no difference.');
});

test('the screen says what ± means, how many runs failed and where the files are', () => {
  const screen = closingScreen(syntheticRows(), {
    ...context,
    failed: 2,
    figures: ['results/quickstart/figures/gain.pdf'],
  });

  expect(screen.split('\n').slice(1)).toEqual([
    '± is the half-width of a 95 % confidence interval, n = 10 replications.',
    '2 runs failed and are not in these numbers.',
    'Numbers: results/quickstart/summary.csv (means and intervals), results/quickstart/scalars.csv (every run).',
    'Figures: results/quickstart/figures/gain.pdf',
    '',
  ]);
});

test('measurements without a completed request are counted, as their latencies say nothing', () => {
  const rows = changed(syntheticRows({ policies: pair }), ({ metric, itervars }) =>
    metric === 'throughput' && itervars['policy'] === 'bypage' ? { mean: 0 } : {},
  );

  expect(closingScreen(rows, context)).toContain(
    '\n1 of 3 measurements completed no request and has no latency: measure longer.\n',
  );
});

test('without a finished run the screen says that there is nothing to report', () => {
  expect(answer(closingScreen([], context))).toBe('No run has finished, so there is nothing to report.');
});
