import { Empirical } from '../../sim/distributions.ts';
import type { Rng } from '../../sim/rng.ts';
import { type Distribution, PROBABILITIES, type Role } from './model.ts';

/** A tabled distribution of non-negative values for drawing; the little beyond its last quantile counts as equal to it. */
export function toEmpirical({ q }: Distribution): Empirical {
  const last = q[q.length - 1];
  if (q.length === 1) {
    return new Empirical([
      [0, last],
      [1, last],
    ]);
  }
  const points = [...q.map((value, i) => [PROBABILITIES[i], value] as const), [1, last] as const];
  return new Empirical(refined(refined(points)));
}

type Point = readonly [probability: number, value: number];

/** With a point between each two, at the geometric mean of their values: times are skewed, and a straight line would put too many high ones there. */
function refined(points: readonly Point[]): readonly Point[] {
  return points.flatMap((point, i) => {
    if (i === 0) return [point];
    const [probability, value] = points[i - 1];
    return [[(probability + point[0]) / 2, Math.sqrt(value * point[1])] as const, point];
  });
}

/** Walks the transitions of a role: a first-order Markov chain over its call sites. */
export class RoleWalk {
  readonly #head: number;
  /** Successors of site `s` are entries `first[s]` to `first[s + 1]` of `to`, with cumulated shares in `upTo`. */
  readonly #first: Int32Array;
  readonly #to: Int32Array;
  readonly #upTo: Float64Array;
  #site: number;

  constructor(role: Role) {
    const ordered = [...role.transitions].sort((a, b) => a[0] - b[0]);
    this.#head = role.sites.findIndex(({ id }) => id === role.head);
    this.#site = this.#head;
    this.#first = new Int32Array(role.sites.length + 1);
    this.#to = Int32Array.from(ordered, ([, to]) => to);
    this.#upTo = new Float64Array(ordered.length);
    for (const [from] of ordered) this.#first[from + 1]++;
    for (let s = 0; s < role.sites.length; s++) this.#first[s + 1] += this.#first[s];
    this.#cumulate(ordered);
  }

  /** Site the walk stands at: index into `role.sites`. */
  get site(): number {
    return this.#site;
  }

  /** Moves to a next site in proportion to the counts; from a site without successors to the head. hot */
  step(rng: Rng): number {
    const u = rng.uniform();
    const end = this.#first[this.#site + 1];
    let at = this.#first[this.#site];
    if (at === end) return (this.#site = this.#head);
    while (at < end - 1 && u >= this.#upTo[at]) at++;
    return (this.#site = this.#to[at]);
  }

  #cumulate(ordered: Role['transitions']): void {
    const totals = new Float64Array(this.#first.length);
    for (const [from, , count] of ordered) totals[from] += count;
    let sum = 0;
    ordered.forEach(([from, , count], i) => {
      sum = (i === this.#first[from] ? 0 : sum) + count;
      this.#upTo[i] = sum / totals[from];
    });
  }
}
