import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Ways to start a program where there is no network interface, as a user and as root. */
const ways: readonly (readonly string[])[] = [
  ['unshare', '--map-root-user', '--net'],
  ['unshare', '--net'],
];

/** Words to put before a command so that it runs without a network; undefined where this machine has no way to. */
export function withoutNetwork(): readonly string[] | undefined {
  return ways.find(([program, ...args]) => spawnSync(program!, [...args, 'true']).status === 0);
}

/** Whether this machine lets one program watch the system calls of another. */
export function canTrace(): boolean {
  return spawnSync('strace', ['-e', 'trace=network', 'true']).status === 0;
}

/** Words to put before a command so that its system calls of networks end up in `file`. */
export function traced(file: string): readonly string[] {
  return ['strace', '--follow-forks', '--quiet=all', '--trace=network', `--output=${file}`];
}

/** The system calls in such a file by which a program reaches, or could reach, another machine. */
export function reaching(file: string): string[] {
  return lines(file).filter((line) => /\b(?:connect|bind|sendto|sendmsg)\(|socket\(AF_INET/.test(line));
}

/** The lines of a file, which may be missing. */
export function lines(file: string): string[] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}
