import { mergeable, part } from './mapping.ts';
import type { Attributes, Mapping } from './mapping.ts';

/** The memory of one process. */
export interface AddressSpace {
  /** Disjoint, by address. */
  mappings: Mapping[];
  /** Private copies: page to its probe byte. A page of a private mapping without a copy still shows the object, or zeros. */
  readonly copies: Map<number, number>;
  /** PR_SET_MDWE (refuse-exec-gain): nothing becomes executable that was not, nothing is both writable and executable. */
  denyExecGain: boolean;
  /** Number of the next family of private copies. */
  nextFamily: number;
}

/** An address space without mappings. */
export function createSpace(): AddressSpace {
  return { mappings: [], copies: new Map(), denyExecGain: false, nextFamily: 1 };
}

/** The mapping of a page, or undefined. */
export function mappingAt(space: AddressSpace, page: number): Mapping | undefined {
  return space.mappings.find((mapping) => mapping.start <= page && page < mapping.end);
}

/** Mappings that share a page with [start, end), by address. */
export function overlapping(space: AddressSpace, start: number, end: number): Mapping[] {
  return space.mappings.filter((mapping) => Math.max(mapping.start, start) < Math.min(mapping.end, end));
}

/** A mapping and the pages [from, end) of it that lie in a range. */
export interface Piece {
  readonly mapping: Mapping;
  readonly from: number;
  readonly end: number;
}

/** The mapped pieces of [start, end), by address, each looked up when its turn comes: mappings may be changed, split and merged meanwhile. */
export function* walk(space: AddressSpace, start: number, end: number): Generator<Piece, void> {
  for (let page = start; page < end;) {
    const mapping = space.mappings.find((candidate) => candidate.end > page);
    if (!mapping || mapping.start >= end) return;
    const piece = { mapping, from: Math.max(mapping.start, page), end: Math.min(mapping.end, end) };
    page = piece.end;
    yield piece;
  }
}

/** Whether a page of [start, end) has no mapping. */
export function hasHole(space: AddressSpace, start: number, end: number): boolean {
  let covered = start;
  for (const mapping of overlapping(space, start, end)) {
    if (mapping.start > covered) return true;
    covered = mapping.end;
  }
  return covered < end;
}

/** Splits the mapping that holds both `page` and the page before it. */
export function splitAt(space: AddressSpace, page: number): void {
  const index = space.mappings.findIndex((mapping) => mapping.start < page && page < mapping.end);
  const whole = space.mappings[index];
  if (whole) space.mappings.splice(index, 1, part(whole, whole.start, page), part(whole, page, whole.end));
}

/** Takes out the mappings of [start, end) and their private copies. */
export function unmapRange(space: AddressSpace, start: number, end: number): void {
  if (start >= end) return;
  splitAt(space, start);
  splitAt(space, end);
  space.mappings = space.mappings.filter((mapping) => mapping.end <= start || end <= mapping.start);
  dropCopies(space, start, end);
}

/** Forgets private copies of [start, end): the pages show their object, or zeros, again. */
export function dropCopies(space: AddressSpace, start: number, end: number): void {
  for (let page = start; page < end; page++) space.copies.delete(page);
}

/** Puts a mapping into a free range and merges it with its neighbours. */
export function insertMapping(space: AddressSpace, mapping: Mapping): void {
  const after = space.mappings.findIndex((other) => other.start >= mapping.end);
  const index = after < 0 ? space.mappings.length : after;
  space.mappings.splice(index, 0, mapping);
  coalesce(space, index);
}

/** Changes attributes of a piece of a mapping: splits off what is left over, merges with equal neighbours (Linux vma_modify). */
export function modifyRange(space: AddressSpace, { mapping, from, end }: Piece, change: Partial<Attributes>): void {
  const pieces = [part(mapping, from, end, change)];
  if (mapping.start < from) pieces.unshift(part(mapping, mapping.start, from));
  if (end < mapping.end) pieces.push(part(mapping, end, mapping.end));
  const index = space.mappings.indexOf(mapping);
  space.mappings.splice(index, 1, ...pieces);
  coalesce(space, mapping.start < from ? index + 1 : index);
}

/**
 * Merges the mapping at `index` with the one before and the one after it (Linux vma_merge_new_range and
 * vma_merge_existing_range). Agreeing with both sides is not enough to join all three: their families must agree with each other.
 */
function coalesce(space: AddressSpace, index: number): void {
  const [left, middle, right] = [space.mappings[index - 1], space.mappings[index], space.mappings[index + 1]];
  if (!middle) return;
  const joinsLeft = left !== undefined && mergeable(left, middle);
  const joinsRight = right !== undefined && mergeable(middle, right) && (!joinsLeft || oneFamily(left, right));
  if (!joinsLeft && !joinsRight) return;
  const first = joinsLeft ? left : middle;
  const last = joinsRight ? right : middle;
  const heir = [joinsLeft ? left : right, joinsRight ? right : undefined, middle].find((one) => one?.family);
  const merged = { ...first, end: last.end, family: heir?.family ?? 0, inherited: heir?.inherited ?? false };
  space.mappings.splice(joinsLeft ? index - 1 : index, 1 + Number(joinsLeft) + Number(joinsRight), merged);
}

function oneFamily(left: Mapping, right: Mapping): boolean {
  return left.family === 0 || right.family === 0 || left.family === right.family;
}
