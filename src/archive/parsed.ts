import { ConfigError } from '../sim/errors.ts';

/**
 * The JSON object of a stored text. A ConfigError that names the file, and what to do about it, when the text is not one with these keys:
 * it was written whole, so something else has changed it since.
 */
export function parseStored(text: string, file: string, keys: readonly string[], remedy: string): unknown {
  const refuse = (why: string): never => {
    throw new ConfigError([{ file, path: '', message: `damaged: ${why}; ${remedy}` }]);
  };
  const value = valueOf(text, refuse);
  if (typeof value !== 'object' || value === null) return refuse('no JSON object');
  const lacking = keys.filter((key) => !Object.hasOwn(value, key));
  return lacking.length > 0 ? refuse(`no ${lacking.join(', ')} in it`) : value;
}

function valueOf(text: string, refuse: (why: string) => never): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse('no JSON');
  }
}
