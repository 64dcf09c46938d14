/** An array in sets. */
interface SetsSpec {
  readonly sets: number;
  readonly ways: number;
}

/** What each of two hardware threads has to itself of an array of a core; nothing where they compete for all of it. */
const SHARES = {
  shared: (): undefined => undefined,
  halved: ({ sets, ways }: SetsSpec): SetsSpec => (sets > 1 ? { sets: sets / 2, ways } : { sets, ways: ways / 2 }),
  replicated: (whole: SetsSpec): SetsSpec => whole,
} as const;
/** How hardware threads share an array: they compete for it, each has a fixed half, or one of its own. */
export type SiblingShare = keyof typeof SHARES;
/** Shares that a profile may name. */
export const SIBLING_SHARES = Object.keys(SHARES) as readonly SiblingShare[];

/** Geometry of what a hardware thread has to itself of an array; undefined where it competes for all of it. */
export function ownShare(share: SiblingShare, whole: SetsSpec): SetsSpec | undefined {
  return SHARES[share](whole);
}
