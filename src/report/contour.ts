/** A straight piece of a contour, in the coordinates of the grid. */
export interface Segment {
  readonly x: number;
  readonly y: number;
  readonly x2: number;
  readonly y2: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Corner extends Point {
  readonly value: number;
}

/**
 * The line around where values lie on one side of zero (`sign` 1: above, -1: below), by marching squares with linear interpolation along the edges (Lorensen and
 * Cline, SIGGRAPH 1987, in two dimensions). `values` are rows from below; values stand at whole coordinates, and the line runs on to half a step beyond the outermost.
 */
export function contourOf(values: readonly (readonly number[])[], sign: 1 | -1): Segment[] {
  const signed = padded(values).map((row) => row.map((value) => value * sign));
  return signed.slice(1).flatMap((above, row) =>
    above.slice(1).flatMap((_, column) => {
      const corner = (dx: 0 | 1, dy: 0 | 1): Corner => ({
        x: placeOf(column + dx, above.length),
        y: placeOf(row + dy, signed.length),
        value: signed[row + dy][column + dx],
      });
      return cut([corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)]);
    }),
  );
}

/** Each outermost value once more, half a step further out. */
function padded(values: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return withEndsTwice(values.map((row) => withEndsTwice(row)));
}

function withEndsTwice<T>(list: readonly T[]): readonly T[] {
  return [...list.slice(0, 1), ...list, ...list.slice(-1)];
}

/** Coordinate of a padded index. */
function placeOf(index: number, count: number): number {
  return Math.min(Math.max(index - 1, -0.5), count - 2.5);
}

/** Pieces inside one square, whose corners come in order around it. */
function cut(corners: readonly Corner[]): Segment[] {
  const crossings = corners.flatMap((corner, i): Point[] => {
    const next = corners[(i + 1) % corners.length];
    return corner.value > 0 === next.value > 0 ? [] : [between(corner, next)];
  });
  const isCentreInside = corners.reduce((sum, { value }) => sum + value, 0) > 0;
  // At a saddle the centre decides which corners the two pieces part from the others.
  const order = corners[0].value > 0 === isCentreInside ? crossings : [...crossings.slice(1), ...crossings.slice(0, 1)];
  return order.flatMap((from, i) =>
    i % 2 === 0 ? [{ x: from.x, y: from.y, x2: order[i + 1].x, y2: order[i + 1].y }] : [],
  );
}

function between(a: Corner, b: Corner): Point {
  // Where a plateau of zeros begins is unknown: the line stands half way.
  const part = a.value === 0 || b.value === 0 ? 0.5 : Math.abs(a.value) / (Math.abs(a.value) + Math.abs(b.value));
  return { x: a.x + part * (b.x - a.x), y: a.y + part * (b.y - a.y) };
}
