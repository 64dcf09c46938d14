import { checkSets, count, isFields, isText, positive, sourcedNumber, when, type Check } from './checks.ts';

/** A store of lines of code, with one number of its own. */
const codeStore =
  (number: string, check: Check): Check =>
  (value, path) => {
    if (!isFields(value)) return [{ path, message: `must be a store of code with lines, ways, source and ${number}` }];
    const { source, lines, ways } = value;
    return [
      ...when(!isText(source), path, 'has no source of its geometry'),
      ...(Number.isInteger(lines) ? checkSets(path, lines as number, ways) : count(lines, `${path}.lines`)),
      ...check(value[number], `${path}.${number}`),
    ];
  };

/** A front end; false where no code is ever cold. */
export const frontEnd: Check = (value, path) => {
  if (value === false) return [];
  if (!isFields(value))
    return [{ path, message: 'must be false, or a front end with branches, uops and returnCycles' }];
  const { branches, uops, returnCycles } = value;
  return [
    ...codeStore('missedCycles', sourcedNumber)(branches, `${path}.branches`),
    ...(uops === false ? [] : codeStore('decodeWidth', positive)(uops, `${path}.uops`)),
    ...sourcedNumber(returnCycles, `${path}.returnCycles`),
  ];
};
