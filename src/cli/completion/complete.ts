import type { FlagWords, Meaning, VerbWords, Vocabulary, Word } from './vocabulary.ts';

/** What a shell offers for the word at the cursor. */
export interface Completion {
  /** Whole words, each beginning with what is written. */
  readonly words: readonly Word[];
  /** The names of files are offered. */
  readonly files: boolean;
  /** More belongs to the word: no space after it. */
  readonly isOpen: boolean;
}

const nothing: Completion = { words: [], files: false, isOpen: false };

/**
 * Completes the last of `line`, the words after the program's name; the last may be empty. `refs` lists the branches and tags
 * of the repository and is called only when one is asked for.
 */
export function complete(
  line: readonly string[],
  vocabulary: Vocabulary,
  refs: () => readonly string[],
): Completion {
  const current = line.at(-1) ?? '';
  const [name] = line;
  if (line.length < 2 || name === undefined) return matching(verbNames(vocabulary), current);
  const verb = vocabulary.verbs.find((one) => one.name === name);
  if (verb === undefined) return nothing;
  const ask = new Question(vocabulary, refs);
  const { arguments: before, awaiting, isOver, used } = readFlags(verb, line.slice(1, -1));
  if (awaiting !== undefined) return ask.value(awaiting, '', current);
  if (isOver || !current.startsWith('-') || current === '-') {
    const found = ask.meaning(before > 0 ? (verb.further ?? verb.arguments) : verb.arguments, current);
    return current === '-' && !isOver ? merged(flagNames(verb, used), found, current) : found;
  }
  const [, long, written] = /^--([^=]+)=(.*)$/s.exec(current) ?? [];
  if (long !== undefined) {
    const flag = verb.flags.find((one) => one.name === long);
    return flag === undefined ? nothing : ask.value(flag, `--${long}=`, written!);
  }
  const attached = /^-([^-])(.+)$/s.exec(current);
  if (attached !== null) {
    const flag = verb.flags.find(({ short }) => short === attached[1]);
    return flag?.value === undefined ? nothing : ask.value(flag, `-${attached[1]}`, attached[2]!);
  }
  return matching(flagNames(verb, used), current);
}

/** What stands before the word at the cursor. */
interface Before {
  readonly used: ReadonlySet<string>;
  /** The flag that waits for its value. */
  readonly awaiting: FlagWords | undefined;
  /** `--` has ended the flags. */
  readonly isOver: boolean;
  /** The number of arguments. */
  readonly arguments: number;
}

function readFlags({ flags }: VerbWords, before: readonly string[]): Before {
  let count = 0;
  const used = new Set<string>();
  let awaiting: FlagWords | undefined;
  for (const [i, word] of before.entries()) {
    if (awaiting !== undefined) {
      awaiting = undefined;
      continue;
    }
    if (word === '--')
      return { used, awaiting: undefined, isOver: true, arguments: count + before.length - i - 1 };
    if (word.startsWith('--')) {
      const flag = flags.find(({ name }) => name === word.slice(2).split('=')[0]);
      if (flag === undefined) continue;
      used.add(flag.name);
      if (flag.value !== undefined && !word.includes('=')) awaiting = flag;
    } else if (word.startsWith('-') && word !== '-') {
      awaiting = readShortFlags(flags, word, used);
    } else {
      count++;
    }
  }
  return { used, awaiting, isOver: false, arguments: count };
}

/** `-qo` holds two flags, of which the second waits for a value; what follows a flag with a value is that value. */
function readShortFlags(flags: readonly FlagWords[], word: string, used: Set<string>): FlagWords | undefined {
  for (const [i, letter] of [...word].entries()) {
    const flag = i === 0 ? undefined : flags.find(({ short }) => short === letter);
    if (flag === undefined) continue;
    used.add(flag.name);
    if (flag.value !== undefined) return i === word.length - 1 ? flag : undefined;
  }
  return undefined;
}

function flagNames({ flags }: VerbWords, used: ReadonlySet<string>): readonly Word[] {
  return flags
    .filter(({ isRepeatable, name }) => isRepeatable || !used.has(name))
    .map(({ name, help }): Word => [`--${name}`, help]);
}

const verbNames = ({ verbs }: Vocabulary): readonly Word[] =>
  verbs.map(({ name, summary }): Word => [name, summary]);

function matching(words: readonly Word[], written: string): Completion {
  return { ...nothing, words: words.filter(([text]) => text.startsWith(written)) };
}

function merged(words: readonly Word[], found: Completion, written: string): Completion {
  return { ...found, words: [...matching(words, written).words, ...found.words] };
}

/** What values there are. */
class Question {
  private readonly vocabulary: Vocabulary;
  private readonly refs: () => readonly string[];

  constructor(vocabulary: Vocabulary, refs: () => readonly string[]) {
    this.vocabulary = vocabulary;
    this.refs = refs;
  }

  /** The values of a flag; `before` is what stands before the value in the same word. */
  value(flag: FlagWords, before: string, written: string): Completion {
    const { value = 'none' } = flag;
    if (flag.hasFile === true && written.includes('=')) return { ...nothing, files: true };
    if (flag.isList !== true) return prefixed(this.meaning(value, written), before);
    const comma = written.lastIndexOf(',') + 1;
    const named = new Set(written.slice(0, comma).split(','));
    const found = this.meaning(value, written.slice(comma));
    const words = found.words.filter(([text]) => !named.has(text));
    return { ...prefixed({ ...found, words }, before + written.slice(0, comma)), isOpen: words.length > 0 };
  }

  meaning(meaning: Meaning | 'none' | readonly string[], written: string): Completion {
    if (typeof meaning !== 'string')
      return matching(
        meaning.map((one): Word => [one, '']),
        written,
      );
    switch (meaning) {
      case 'none':
        return nothing;
      case 'files':
        return { ...nothing, files: true };
      case 'refs':
        return matching(
          this.refs().map((one): Word => [one, '']),
          written,
        );
      case 'verbs':
        return matching(verbNames(this.vocabulary), written);
      default:
        return matching(this.vocabulary.words[meaning], written);
    }
  }
}

function prefixed(found: Completion, before: string): Completion {
  return { ...found, words: found.words.map(([text, description]): Word => [before + text, description]) };
}
