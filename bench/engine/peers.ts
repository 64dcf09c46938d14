import { fileURLToPath } from 'node:url';
import { compile, runs } from '../processes.ts';

/** Peers of the hold model that are programs, and the command of each: all take TABLES CANCEL N EVENTS. */
export type Commands = ReadonlyMap<string, readonly string[]>;

/** Engines in C++ by name, and the header of each. */
const ENGINES: Readonly<Record<string, string>> = {
  'cpp-priority-queue': 'priorityqueue.h',
  'c-ladder-queue': 'ladder.h',
};
const SIMPY = 'simpy-process';

/** The path of a file beside this one. */
export function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Makes the peers that are installed here ready in the folder, and names the others. */
export function findPeers(folder: string): { readonly commands: Commands; readonly absent: readonly string[] } {
  const commands = new Map<string, readonly string[]>();
  for (const [name, header] of Object.entries(ENGINES)) {
    const program = compile(folder, beside('hold.cpp'), header);
    if (program !== undefined) commands.set(name, [program]);
  }
  if (runs('python3', ['-c', 'import simpy'])) commands.set(SIMPY, ['python3', beside('hold.py')]);
  const absent = [...Object.keys(ENGINES), SIMPY].filter((name) => !commands.has(name));
  return { commands, absent };
}
