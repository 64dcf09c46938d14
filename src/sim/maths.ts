/**
 * Natural logarithm and exponential from IEEE-754 basic operations only, so that every engine gives the same bits.
 * Algorithms, coefficients and error bounds (below 1 ulp) of fdlibm e_log.c and e_exp.c (Sun Microsystems, 1993, 2004).
 */

/** ln 2 as a sum; the high part has 32 zero low bits, so that k x LN2_HIGH is exact. */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** 2^512, 2^256, ... 2^1: an exponent is found by halving the range. */
const SCALES: readonly number[] = [512, 256, 128, 64, 32, 16, 8, 4, 2, 1].map(powerOfTwo);
const SMALLEST_NORMAL = powerOfTwo(-1022);
const SUBNORMAL_SHIFT = 54;
const TWO_54 = powerOfTwo(SUBNORMAL_SHIFT);

/** Coefficients of the minimax polynomial of ln((1+s)/(1-s)) (Lg1 to Lg7). */
const LG1 = 6.66666666666673513e-1;
const LG2 = 3.999999999940941908e-1;
const LG3 = 2.857142874366239149e-1;
const LG4 = 2.222219843214978396e-1;
const LG5 = 1.818357216161805012e-1;
const LG6 = 1.531383769920937332e-1;
const LG7 = 1.479819860511658591e-1;

/** Coefficients of the minimax polynomial of r (e^r + 1) / (e^r - 1) (P1 to P5). */
const P1 = 1.66666666666666019037e-1;
const P2 = -2.77777777770155933842e-3;
const P3 = 6.61375632143793436117e-5;
const P4 = -1.6533902205465251539e-6;
const P5 = 4.13813679705723846039e-8;

/** Above: overflow to Infinity; below: underflow to 0. */
const EXP_MAX = 7.09782712893383973096e2;
const EXP_MIN = -7.4513321910194110842e2;

/** Natural logarithm; -Infinity at 0, NaN below. */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  let exponent = x < SMALLEST_NORMAL ? -SUBNORMAL_SHIFT : 0;
  let m = x < SMALLEST_NORMAL ? x * TWO_54 : x;
  for (let step = 512, i = 0; step >= 1; step /= 2, i++) {
    if (m >= SCALES[i]) {
      m /= SCALES[i];
      exponent += step;
    } else if (m * SCALES[i] < 2) {
      m *= SCALES[i];
      exponent -= step;
    }
  }
  if (m > Math.SQRT2) {
    m /= 2;
    exponent += 1;
  }
  return lnNear1(m, exponent);
}

/** Exponential e^x. */
export function exp(x: number): number {
  if (x > EXP_MAX) return Infinity;
  if (x < EXP_MIN) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  const half = Math.floor(k / 2); // in two steps, for 2^1024 overflows and 2^-1074 is exact only as the last step
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

/** ln(m x 2^exponent) for m in [sqrt(1/2), sqrt(2)]. */
function lnNear1(m: number, exponent: number): number {
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const r = z * (LG1 + w * (LG3 + w * (LG5 + w * LG7))) + w * (LG2 + w * (LG4 + w * LG6));
  const half = 0.5 * f * f;
  return exponent * LN2_HIGH - (half - (s * (half + r) + exponent * LN2_LOW) - f);
}

/** 2^k exactly, by squaring; k an integer from -1022 to 1023. */
export function powerOfTwo(k: number): number {
  let result = 1;
  let square = k < 0 ? 0.5 : 2;
  for (let rest = Math.abs(k); rest > 0; rest = rest >> 1) {
    if ((rest & 1) === 1) result *= square;
    square *= square;
  }
  return result;
}
