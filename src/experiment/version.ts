/**
 * Version of the model's behaviour, part of every run id. Raise it whenever a change moves any result, so that stored runs
 * of the older behaviour are neither reused nor taken for a mismatch.
 */
export const MODEL_VERSION = 44;
