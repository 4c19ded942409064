import { issueText } from '../cel/syntax/issue-text.ts';
import { CelError, Unknown } from '../cel/value.ts';
import { formatMinorVersion } from '../catalogue/versions.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { evaluateExpression, type Evaluation, type RefusedExpression } from '../loop/expression.ts';
import { Places } from '../loop/located.ts';
import type { Path } from '../model/object.ts';
import type { Operation } from '../policy/index.ts';
import { celJson } from '../report/cel-json.ts';
import { evaluation } from '../report/evaluation.ts';
import { evaluationJson } from '../report/evaluation-json.ts';
import { painter } from '../report/paint.ts';
import { printable, printableJson, printableLines } from '../report/printable.ts';
import { stringify, type Value as YamlValue } from '../yaml/index.ts';
import { type Arguments, type Command, flagText, UsageError } from './command.ts';
import { expressionText, operations, readInputs, userOf, variablesOf } from './eval-inputs.ts';
import type { InputObject } from './input-object.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { type Streams, wantsColor } from './stream.ts';

/** `scantling eval`: its flags and its help. */
export const evalCommand: Command = {
  name: 'eval',
  summary: `Evaluate a CEL expression as a policy would, and show the value of every part of it.

What is not given (params, the caller, the namespace) is unknown; so is the authorizer. The object is seen as the API
server shows it to a policy, with its defaults; --raw takes it as it is written. Exit codes: 0; 1 when the value is
false; 2 when the expression does not compile; 3 when it fails or its value is unknown.`,
  usage: "eval 'EXPRESSION' [flags]",
  examples: [
    "scantling eval 'object.spec.replicas > 3' -f web.yaml",
    'scantling eval \'variables.images.all(i, i.startsWith("registry.example.com/"))\' -f pod.yaml \\\n' +
      "    --variable 'images=object.spec.containers.map(c, c.image)'",
    "kubectl get deploy web -o json | scantling eval 'has(object.spec.paused)' -f -",
    'scantling eval -q \'quantity("1Gi").asInteger()\'',
  ],
  flags: {
    filename: { type: 'string', short: 'f', value: 'FILE', help: 'the object; - is standard input' },
    old: { type: 'string', value: 'FILE', help: 'oldObject, which makes the request an UPDATE' },
    params: { type: 'string', value: 'FILE', help: 'the parameter object' },
    'namespace-object': { type: 'string', value: 'FILE', help: "the Namespace of the object's namespace" },
    object: {
      type: 'string',
      value: 'KIND/NAME',
      help: 'which object, where a file holds several',
    },
    raw: { type: 'boolean', help: 'no defaults: the objects as they are written' },
    operation: {
      type: 'string',
      value: 'OP',
      values: operations,
      help: `request.operation: ${operations.join(', ')}`,
    },
    user: { type: 'string', value: 'NAME', help: 'request.userInfo.username' },
    group: { type: 'string', multiple: true, value: 'NAME', help: 'request.userInfo.groups, with --user' },
    variable: {
      type: 'string',
      multiple: true,
      value: 'NAME=EXPR',
      help: "a policy's variable: variables.NAME; may use those before it",
    },
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: `the version whose environment applies, ${knownVersions} (default the latest)`,
    },
    output: {
      type: 'string',
      short: 'o',
      value: 'FORMAT',
      values: ['text', 'json', 'yaml'],
      help: 'text (default), json or yaml',
    },
    quiet: {
      type: 'boolean',
      short: 'q',
      help: 'only the value: text without quotes, all else as JSON; an error goes to standard error',
    },
  },
};

/** Which flag gives what an expression depends on. */
const flagFor: Readonly<Record<string, string>> = {
  object: '-f FILE',
  oldObject: '--old FILE',
  params: '--params FILE',
  namespaceObject: '--namespace-object FILE',
  request: '-f FILE',
  'request.operation': '--operation OP',
  'request.userInfo': '--user NAME --group NAME',
  'request.namespace': '--namespace-object FILE',
};

const formats = ['text', 'json', 'yaml'];

/** `scantling eval`: 0, or 1 for false, 2 for an expression that does not compile, 3 for an error or an unknown. */
export async function runEval({ flags, positionals }: Arguments, streams: Streams): Promise<number> {
  const format = flagText(flags, 'output') ?? 'text';
  if (!formats.includes(format)) {
    const names = formats.join(', ');
    throw new UsageError(`unknown output format "${format}"${suggestion(format, formats)} (${names})`);
  }
  if (format !== 'text' && flags['quiet'] === true)
    throw new UsageError('-q and -o are two ways to print; choose one');
  const version = formatMinorVersion(kubernetesVersion(flagText(flags, 'kubernetes-version')));
  const expression = expressionText(flags, positionals, streams);
  const given = readInputs(flags, streams);
  if (given === undefined) return 3;
  const { operation, ...objects } = given;
  const evaluated = evaluateExpression(
    expression,
    {
      object: objects.object?.seen ?? absent(operation, 'DELETE'),
      oldObject: objects.old?.seen ?? absent(operation, 'CREATE', 'CONNECT'),
      params: objects.params?.seen,
      namespaceObject: objects.namespace?.seen,
      userInfo: userOf(flags),
      operation,
    },
    version,
    variablesOf(flags),
  );
  if ('refusal' in evaluated) {
    streams.err(refusalText(evaluated));
    return 2;
  }
  const place = placeOf({ object: objects.object, oldObject: objects.old, params: objects.params });
  if (flags['quiet'] === true) await writeValue(evaluated, streams);
  else if (format !== 'text') {
    const json = evaluationJson(evaluated, place);
    await streams.out(format === 'yaml' ? stringify(json as YamlValue) : `${printableJson(json, 2)}\n`);
  } else {
    const paint = painter(wantsColor(streams));
    const width = Math.max(60, streams.columns);
    for (const piece of evaluation(evaluated, { width, paint, place, advice: (name) => flagFor[name] })) {
      await streams.out(piece);
    }
    const { result } = evaluated;
    if (result instanceof CelError && result.offset >= 0) {
      await streams.out(`\n${printableLines(issueText([result], expression))}\n`);
    }
  }
  return exitCode(evaluated);
}

function exitCode({ result }: Evaluation): number {
  if (result instanceof CelError || result instanceof Unknown) return 3;
  return result === false ? 1 : 0;
}

/** Null for an object that a request of this operation does not have, undefined for one that was not given. */
function absent(operation: Operation | undefined, ...without: readonly Operation[]): null | undefined {
  return operation !== undefined && without.includes(operation) ? null : undefined;
}

function refusalText({ name, expression, refusal }: RefusedExpression): string {
  const what = name === '' ? 'the expression' : `the variable ${name}`;
  const text = refusal.issues.some(({ offset }) => offset >= 0)
    ? issueText(refusal.issues, expression)
    : refusal.message;
  const hints = refusal.hints.map((hint) => `hint: ${hint}\n`).join('');
  return `error: ${what} does not compile\n${printableLines(text)}\n${printableLines(hints)}`;
}

async function writeValue({ result, expression }: Evaluation, streams: Streams): Promise<void> {
  if (result instanceof CelError) {
    const text = result.offset < 0 ? result.message : issueText([result], expression);
    streams.err(`error: the evaluation failed\n${printableLines(text)}\n`);
  } else if (result instanceof Unknown) {
    streams.err(`unknown: depends on ${printable(result.attributes.join(', '))}\n`);
  } else {
    const isText = typeof result === 'string';
    const bare = isText && streams.outIsTerminal ? printableLines(result) : result;
    await streams.out(`${isText ? (bare as string) : printableJson(celJson(result))}\n`);
  }
}

/** Finds places of the paths that start at a variable which holds an object of a file. */
function placeOf(objects: Readonly<Record<string, InputObject | undefined>>): (path: Path) => string {
  const places = new Places();
  return ([root, ...path]) => {
    const input = objects[String(root)];
    if (input === undefined || path.length === 0) return '';
    const { file, line, column } = places.find(input.file, input.source, [...input.path, ...path]);
    return `${file}:${line}:${column}`;
  };
}
