/** Fields of a level in the table of levels. Field 0 is the limit: keys from there on belong to this level or a coarser one. */
const CLAMP = 1; // keys from here on go to the level's last bucket
/** Field: buckets per unit of key, a power of two. */
export const SCALE = 2;
/** Field: a key's place in the directory of buckets is floor(key x scale) + shift. */
export const SHIFT = 3;
const WIDTH = 4; // of a bucket, 1 / scale
/** Field: bucket taken last. */
export const CURRENT = 5;
/** Field: last bucket. */
export const LAST = 6;
/** Fields of a level. */
export const FIELDS = 8;
/** Offset of the top level; a row of limit Infinity stands before it. */
export const TOP = FIELDS;
/** Bucket numbers must stay exact integers in a double. */
const MAX_NUMBER = Number.MAX_SAFE_INTEGER + 1;

/** A table of levels of a ladder queue that holds the top and has room for so many levels. */
export function topOnly(most: number): Float64Array {
  const levels = new Float64Array((most + 2) * FIELDS);
  levels[0] = Infinity;
  levels[TOP] = -Infinity;
  levels[TOP + CURRENT] = -1;
  levels[TOP + FIELDS] = -Infinity;
  return levels;
}

/**
 * Writes a rung for the keys min to max behind the finest level, in at most `most` buckets, none narrower than 1 / finestScale; false
 * when that would not divide them.
 */
export function addRung(
  levels: Float64Array,
  level: number,
  min: number,
  max: number,
  most: number,
  finestScale: number,
): boolean {
  let scale = finestScale;
  while (max * scale >= MAX_NUMBER || Math.floor(max * scale) - Math.floor(min * scale) >= most) scale /= 2;
  const first = Math.floor(min * scale);
  const last = Math.floor(max * scale);
  if (first === last) return false;
  const base = levels[level - FIELDS + LAST] + 1;
  levels[level] = min;
  levels[level + CLAMP] = last / scale;
  levels[level + SCALE] = scale;
  levels[level + SHIFT] = base - first;
  levels[level + WIDTH] = 1 / scale;
  levels[level + CURRENT] = base - 1;
  levels[level + LAST] = base + last - first;
  levels[level + FIELDS] = -Infinity;
  return true;
}
