import { spawnSync } from 'node:child_process';

/** A C compiler that runs here: the command and the first line of its version. */
export interface Compiler {
  readonly command: string;
  readonly version: string;
}

const COMMANDS = ['gcc', 'clang', 'cc'];

/** The first of the commands that is a compiler; by default gcc, clang, cc. Undefined when none runs. */
export function findCompiler(commands: readonly string[] = COMMANDS): Compiler | undefined {
  for (const command of commands) {
    const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    if (status === 0) return { command, version: versionOf(command, stdout) };
  }
  return undefined;
}

/** `gcc 12.2.0` of `gcc (Debian 12.2.0-14) 12.2.0`. */
function versionOf(command: string, text: string): string {
  const line = text.split('\n')[0];
  const numbers = line.replaceAll(/\(.*?\)/g, '').match(/\d+\.\d+(\.\d+)?/) ?? line.match(/\d+\.\d+(\.\d+)?/);
  return `${command.split('/').at(-1)} ${numbers?.[0] ?? ''}`.trim();
}

/** Compiles a program; undefined when it went well, else what the compiler said. */
export function compileProgram({ command }: Compiler, source: string, program: string): string | undefined {
  const { status, stderr, error } = spawnSync(command, ['-O2', '-pthread', '-o', program, source], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : (error?.message ?? stderr);
}
