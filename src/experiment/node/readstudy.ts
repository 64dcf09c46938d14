import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { ReadText } from '../layers.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder',
  EACCES: 'not allowed',
};

/** Reads study files; the parent that a study extends is looked for beside it. */
export const readStudyFile: ReadText = (file, from) => {
  const path = from === undefined || isAbsolute(file) ? file : join(dirname(from), file);
  try {
    return { text: readFileSync(path, 'utf8'), file: path };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new Error(REASONS[code] ?? message, { cause: error });
  }
};
