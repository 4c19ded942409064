import { CatalogueError } from '../catalogue/catalogue-error.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { printable } from '../report/printable.ts';
import { type Arguments, type Command, commandHelp, parseArguments, UsageError } from './command.ts';
import type { ListedVerb } from './completion/vocabulary.ts';
import type { Streams } from './stream.ts';
import { catalogueVersion, version } from './version.ts';

interface Verb {
  readonly summary: string;
  readonly load: () => Promise<{
    command: Command;
    run: (args: Arguments, streams: Streams) => Promise<number>;
  }>;
}

/** Each verb is loaded when it is called: starting the program loads none of the others. */
const verbs: Readonly<Record<string, Verb>> = {
  scan: {
    summary: 'judge manifests',
    load: async () => {
      const { runScan, scanCommand } = await import('./scan.ts');
      return { command: scanCommand, run: runScan };
    },
  },
  admit: {
    summary: 'answer admission requests as an API server would',
    load: async () => {
      const { admitCommand, runAdmit } = await import('./admit.ts');
      return { command: admitCommand, run: runAdmit };
    },
  },
  fix: {
    summary: 'mend what fails, in the files themselves',
    load: async () => {
      const { fixCommand, runFix } = await import('./fix.ts');
      return { command: fixCommand, run: runFix };
    },
  },
  mutate: {
    summary: 'show what mutating policies make of manifests',
    load: async () => {
      const { mutateCommand, runMutate } = await import('./mutate.ts');
      return { command: mutateCommand, run: runMutate };
    },
  },
  explain: {
    summary: 'the page of a control, or why an object passes or fails it',
    load: async () => {
      const { explainCommand, runExplain } = await import('./explain.ts');
      return { command: explainCommand, run: runExplain };
    },
  },
  eval: {
    summary: 'evaluate a CEL expression and show the value of every part',
    load: async () => {
      const { evalCommand, runEval } = await import('./eval.ts');
      return { command: evalCommand, run: runEval };
    },
  },
  export: {
    summary: 'write controls as policies that a cluster enforces',
    load: async () => {
      const { exportCommand, runExport } = await import('./export.ts');
      return { command: exportCommand, run: runExport };
    },
  },
  import: {
    summary: 'take over the exceptions of other tools',
    load: async () => {
      const { importCommand, runImport } = await import('./import.ts');
      return { command: importCommand, run: runImport };
    },
  },
  psp: {
    summary: 'turn PodSecurityPolicies into labels and policies',
    load: async () => {
      const { pspCommand, runPsp } = await import('./psp.ts');
      return { command: pspCommand, run: runPsp };
    },
  },
  controls: {
    summary: 'list the catalogue',
    load: async () => {
      const { controlsCommand, runControls } = await import('./controls.ts');
      return { command: controlsCommand, run: runControls };
    },
  },
  lint: {
    summary: 'find what is wrong with admission policies',
    load: async () => {
      const { lintCommand, runLint } = await import('./lint.ts');
      return { command: lintCommand, run: runLint };
    },
  },
  lsp: {
    summary: 'serve an editor',
    load: async () => {
      const { lspCommand, runLsp } = await import('./lsp.ts');
      return { command: lspCommand, run: runLsp };
    },
  },
  test: {
    summary: 'run the tests of controls and policies',
    load: async () => {
      const { runTest, testCommand } = await import('./test.ts');
      return { command: testCommand, run: runTest };
    },
  },
  completion: {
    summary: 'make a shell complete what you type',
    load: async () => {
      const { completionCommand, runCompletion } = await import('./completion.ts');
      return { command: completionCommand, run: runCompletion };
    },
  },
};

/** What may stand where a command is asked about, and is answered by the overview. */
const withoutFlags = ['help', 'version', '--help', '-h'];

/** The names of the verbs. */
export const verbNames: readonly string[] = Object.keys(verbs);

/** Every verb with its command, as shells complete them; loads all of them. */
export async function listedVerbs(): Promise<readonly ListedVerb[]> {
  const listed = Object.entries(verbs).map(async ([name, { load, summary }]) => ({
    name,
    summary,
    command: (await load()).command,
  }));
  return [
    ...(await Promise.all(listed)),
    { name: 'help', summary: 'this, or the help of a command' },
    { name: 'version', summary: 'the version of this program and its catalogue' },
  ];
}

/** Runs the command line and returns the exit code. Never throws. */
export async function main(args: readonly string[], streams: Streams): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      const [asked] = rest;
      const isAsked = name === 'help' && asked !== undefined && !withoutFlags.includes(asked);
      const text = isAsked ? commandHelp((await verbOf(asked).load()).command) : overview();
      await streams.out(asCalled(text, streams));
      return 0;
    }
    if (name === 'version' || name === '--version') {
      const [first] = rest;
      if (first === '--help' || first === '-h') {
        streams.out(asCalled(overview(), streams));
        return 0;
      }
      if (first !== undefined) throw new UsageError(`version takes no arguments, not "${first}"`);
      streams.out(`scantling ${version()}, catalogue ${catalogueVersion()}\n`);
      return 0;
    }
    if (name === '__complete') return await answer(rest, streams);
    const { command, run } = await verbOf(name).load();
    const parsed = parseArguments(command, rest);
    if (parsed.flags['help'] === true) {
      streams.out(asCalled(commandHelp(command), streams));
      return 0;
    }
    return await run(parsed, streams);
  } catch (error) {
    return report(error, name ?? '', streams);
  }
}

/** What an installed package answers from its own small bundle. */
async function answer(line: readonly string[], streams: Streams): Promise<number> {
  const { answerShell } = await import('./completion/request.ts');
  return answerShell(line, streams, async () => {
    const { gatherVocabulary } = await import('./completion/vocabulary.ts');
    const { openCatalogue } = await import('../catalogue/catalogue.ts');
    return gatherVocabulary(await listedVerbs(), await openCatalogue());
  });
}

/** Help as the person calls the program: `kubectl scantling scan`. */
function asCalled(text: string, { program = 'scantling' }: Streams): string {
  const call = `(?<![\\w./-])scantling (?=-|COMMAND\\b|(?:${verbNames.join('|')})\\b)`;
  return text.replaceAll(new RegExp(call, 'g'), `${program} `);
}

function verbOf(name: string): Verb {
  if (Object.hasOwn(verbs, name)) return verbs[name]!;
  const names = [...Object.keys(verbs), 'help', 'version'];
  throw new UsageError(`unknown command "${name}"${suggestion(name, names)}`);
}

function report(error: unknown, verb: string, streams: Streams): number {
  if (error instanceof UsageError) {
    const help = asCalled(
      Object.hasOwn(verbs, verb) ? `scantling ${verb} --help` : 'scantling --help',
      streams,
    );
    streams.err(`error: ${printable(error.message)}\n${help} shows how it is called\n`);
    return 2;
  }
  if (error instanceof CatalogueError) {
    streams.err(`error: the catalogue has mistakes\n${error.message}\n`);
    return 3;
  }
  const { code, message, stack } = error as NodeJS.ErrnoException;
  // The message names the file, whose name may hold anything.
  if (code !== undefined) streams.err(`error: ${printable(message)}\n`);
  else
    streams.err(`error: something is wrong inside scantling, please report it\n${stack ?? String(error)}\n`);
  return 3;
}

function overview(): string {
  const lines = Object.entries(verbs).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return `Scantling ${version()}: the rule book for a Kubernetes cluster.

Usage: scantling COMMAND [arguments] [flags]

Commands:
${lines.join('\n')}
  help       this, or the help of a command
  version    the version of this program and its catalogue

Exit codes: 0 clean; 1 findings at or above --fail-on; 2 a mistake in the call or the
configuration; 3 something could not be read or judged (3 comes before 1).
`;
}
