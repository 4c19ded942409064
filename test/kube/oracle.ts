import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { assetPath, missingAssets, skippedTest } from './assets.ts';
import { scale } from './sample-size.ts';

/** One expression for the API server's own CEL compiler and evaluator. */
export interface Question {
  readonly expr: string;
  /** `object`, `oldObject`, `params`, `request`, `namespaceObject`: JSON; integers are ints, other numbers doubles. */
  readonly vars?: Readonly<Record<string, unknown>>;
  /** The Kubernetes minor version, default `1.36`. */
  readonly version?: string;
  /** `new` (default): the environment of the version before; `stored`: all that exists. */
  readonly mode?: 'new' | 'stored';
  /** The type that the expression must have, default `any`. */
  readonly returns?: 'bool' | 'string' | 'any';
}

/** What the API server answers: `issues` where it does not compile, else type and cost with a value or an error. */
export interface Answer {
  readonly type?: string;
  readonly value?: unknown;
  readonly error?: string;
  readonly cost?: number;
  readonly issues?: string;
}

/** A test that needs the oracle; where it is missing it says so in one loud line and counts as skipped. */
export function oracleTest(name: string, run: (oracle: Oracle, context: TestContext) => Promise<void>): void {
  const reason = missingAssets('celoracle');
  if (reason !== undefined) {
    skippedTest(name, reason);
    return;
  }
  test(name, { timeout: 900_000 * Math.max(1, scale) }, async (context) => {
    const oracle = new Oracle();
    try {
      await run(oracle, context);
    } finally {
      oracle.close();
    }
  });
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (problem: Error) => void;
}

/** A running `celoracle`: questions are answered in order, thousands a second. Call `close` at the end. */
export class Oracle {
  private readonly process: ChildProcess;
  private readonly waiting: Waiting[] = [];
  private ended: Error | undefined;
  private flushing = false;

  constructor() {
    this.process = spawn(assetPath('celoracle'), [], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.process.on('error', (problem) => this.end(problem));
    this.process.stdin!.on('error', (problem) => this.end(problem));
    this.process.on('exit', (code, signal) => this.end(new Error(`celoracle ended with ${code ?? signal}`)));
    const lines = createInterface({ input: this.process.stdout!, crlfDelay: Infinity });
    lines.on('line', (line) => this.answer(line));
  }

  /** The answer to one question. Rejects when the oracle dies. */
  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) {
        reject(this.ended);
        return;
      }
      this.waiting.push({ resolve, reject });
      this.process.stdin!.write(`${JSON.stringify(question)}\n`);
      this.flushSoon();
    });
  }

  /** The answers to many questions, in their order. */
  askAll(questions: readonly Question[]): Promise<Answer[]> {
    return Promise.all(questions.map((question) => this.ask(question)));
  }

  /** Ends the program; later questions are rejected. */
  close(): void {
    this.ended ??= new Error('the oracle is closed');
    this.process.stdin!.end();
  }

  /**
   * celoracle writes its output in blocks of 4 kB and the rest at its end; a question with a longer id pushes all answers
   * before it out. One is enough for all questions of a turn.
   */
  private flushSoon(): void {
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      if (this.ended !== undefined) return;
      this.waiting.push({ resolve: () => {}, reject: () => {} });
      this.process.stdin!.write(`${JSON.stringify({ id: 'f'.repeat(8192), expr: 'true' })}\n`);
    });
  }

  private answer(line: string): void {
    const waiting = this.waiting.shift();
    try {
      waiting?.resolve(readAnswer(line));
    } catch (problem) {
      // The last line of an oracle that was killed may be cut off.
      waiting?.reject(problem as Error);
    }
  }

  private end(problem: Error): void {
    this.ended ??= problem;
    for (const waiting of this.waiting.splice(0)) waiting.reject(this.ended);
  }
}

/** Integers beyond 2^53 arrive as bigint, so that no digit is lost. */
function readAnswer(line: string): Answer {
  return JSON.parse(line, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value;
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  }) as Answer;
}
