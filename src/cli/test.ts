import type { Arguments, Command } from './command.ts';
import type { Streams } from './stream.ts';
export const testCommand: Command = { name: 'test', summary: '', usage: '', examples: [], flags: {} };
export async function runTest(_args: Arguments, _streams: Streams): Promise<number> {
  return 2;
}
