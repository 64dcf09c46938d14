/** A mistake in how a verb is used that is no mistake in a study: a folder without results, an id that does not exist. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
