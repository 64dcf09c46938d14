const DIGITS = 12;
const BISECTIONS = 60;

/**
 * Probability that a Student t variable of `dof` degrees of freedom lies within +-t: the finite trigonometric series for whole
 * degrees of freedom. Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
 */
export function probabilityWithin(t: number, dof: number): number {
  const theta = Math.atan(t / Math.sqrt(dof));
  const [sine, cosine] = [Math.sin(theta), Math.cos(theta)];
  const isOdd = dof % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = dof === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= dof - 2; k += 2) {
    term *= (cosine * cosine * (k - 1)) / k;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
}

/**
 * The t for which +-t holds `level` of a Student t distribution: `tTwoSided(0.95, 9)` is the 0.975 quantile, 2.262157163.
 * `dof` is a whole number of at least 1. Rounded to 12 significant digits, so that every platform gives the same bytes.
 */
export function tTwoSided(level: number, dof: number): number {
  let [low, high] = [0, 1];
  while (probabilityWithin(high, dof) < level) high *= 2;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (probabilityWithin(middle, dof) < level) low = middle;
    else high = middle;
  }
  return Number(((low + high) / 2).toPrecision(DIGITS));
}
