import type { Streams } from '../stream.ts';
import { complete, type Completion } from './complete.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Bits of the last line of an answer. Source: cobra, `ShellCompDirective`. */
const directives = { error: 1, noSpace: 2, noFiles: 4 } as const;

/**
 * Answers the hidden verb `__complete`, which the scripts of `scantling completion` call on every press of the key: the words
 * after the program's name in, the last of them the one at the cursor; out a line for each word to offer, a tab before its
 * description, and last `:` with what the shell is to do. This is the protocol of cobra's `__complete`, which kubectl speaks
 * with its plug-ins, too. Never throws: a mistake in here must not fill somebody's prompt.
 */
export async function answerShell(
  line: readonly string[],
  streams: Pick<Streams, 'cwd' | 'out'>,
  vocabulary: () => Vocabulary | Promise<Vocabulary>,
): Promise<number> {
  try {
    streams.out(formatCompletion(complete(line, await vocabulary(), () => gitRefs(streams.cwd))));
    return 0;
  } catch {
    streams.out(`:${directives.error}\n`);
    return 0;
  }
}

/** The lines of an answer. */
export function formatCompletion({ files, isOpen, words }: Completion): string {
  const lines = words.map(([text, description]) =>
    description === '' ? text : `${text}\t${oneLine(description)}`,
  );
  const directive = (isOpen ? directives.noSpace : 0) + (files ? 0 : directives.noFiles);
  return `${[...lines, `:${directive}`].join('\n')}\n`;
}

/** A description has one line, and a shell shows it beside the word. */
function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= 72 ? line : `${line.slice(0, 71)}…`;
}

/** Branches and tags; none where git has no answer within half a second. */
function gitRefs(cwd: string): readonly string[] {
  try {
    const { execFileSync } = process.getBuiltinModule('node:child_process');
    const args = ['for-each-ref', '--format=%(refname:short)', 'refs/heads', 'refs/remotes', 'refs/tags'];
    const options = { cwd, encoding: 'utf8', timeout: 500, stdio: 'pipe' } as const;
    return execFileSync('git', args, options).split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
