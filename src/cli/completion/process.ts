import { shippedFile } from '../../catalogue/shipped-file.ts';
import { answerShell } from './request.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * The whole program where a shell asks for completions of an installed package: a small bundle of its own, and the words that
 * the build wrote beside it, so that the answer is there before a finger has left the key.
 */
export async function runProcess(): Promise<void> {
  const streams = { cwd: process.cwd(), out: (text: string) => void process.stdout.write(text) };
  await answerShell(
    process.argv.slice(3),
    streams,
    () => JSON.parse(shippedFile('completion.json')) as Vocabulary,
  );
}
