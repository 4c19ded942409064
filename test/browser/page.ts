/// <reference lib="dom" />
// @ts-expect-error the bundle, as it is served beside this module
// oxlint-disable-next-line import/no-absolute-path
import * as library from '/browser/cel-kubernetes.js';
import { answersTo, type Library, type Questions } from './answers.ts';

/** What a page found out, for the test that opened it. */
export interface PageAnswer {
  readonly answers: readonly string[];
  /** What each example printed, line by line. */
  readonly printed: Readonly<Record<string, readonly string[]>>;
  /** How often code was made from text, and how often that was refused. */
  readonly made: number;
  readonly refused: number;
  /** What went wrong; empty where nothing did. */
  readonly problem: string;
}

let made = 0;
let refused = 0;
globalThis.Function = new Proxy(Function, {
  construct(target, args: string[]) {
    try {
      const code: unknown = Reflect.construct(target, args);
      made++;
      return code as object;
    } catch (problem) {
      refused++;
      throw problem;
    }
  },
});

async function run(): Promise<Omit<PageAnswer, 'made' | 'refused' | 'problem'>> {
  const questions = (await (await fetch('/questions')).json()) as Questions;
  const answers = answersTo(questions, library as Library);
  const printed: Record<string, string[]> = {};
  const log = console.log;
  for (const example of questions.examples) {
    const lines: string[] = (printed[example] = []);
    console.log = (...words: unknown[]) => lines.push(JSON.stringify(words));
    await import(/* @vite-ignore */ example);
  }
  console.log = log;
  return { answers, printed };
}

const nothing = { answers: [], printed: {} };
const found = await run().then(
  (answer) => ({ ...answer, problem: '' }),
  (problem: unknown) => ({ ...nothing, problem: String(problem instanceof Error ? problem.stack : problem) }),
);
await fetch('/answer', {
  method: 'POST',
  body: JSON.stringify({ ...found, made, refused } satisfies PageAnswer),
});
