import { issueText } from '../cel/syntax/issue-text.ts';
import { CelError, Unknown } from '../cel/value.ts';
import { formatMinorVersion } from '../catalogue/versions.ts';
import { suggestion } from '../config/did-you-mean.ts';
import {
  evaluateExpression,
  type Evaluation,
  type RefusedExpression,
  type WrittenVariable,
} from '../loop/expression.ts';
import { Places } from '../loop/located.ts';
import type { JsonObject, Path } from '../model/object.ts';
import type { Operation } from '../policy/index.ts';
import { celJson } from '../report/cel-json.ts';
import { evaluation } from '../report/evaluation.ts';
import { evaluationJson } from '../report/evaluation-json.ts';
import { painter } from '../report/paint.ts';
import { printable, printableJson, printableLines } from '../report/printable.ts';
import { stringify, type Value as YamlValue } from '../yaml/index.ts';
import {
  type Arguments,
  type Command,
  flagList,
  flagText,
  type FlagValues,
  flagValues,
  UsageError,
} from './command.ts';
import { type InputObject, readObject } from './input-object.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { type Streams, wantsColor } from './stream.ts';

const operations: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

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

function expressionText(flags: FlagValues, positionals: readonly string[], streams: Streams): string {
  const [text, ...rest] = positionals;
  if (text === undefined)
    throw new UsageError('write the expression, in quotes; - reads it from standard input');
  if (rest.length > 0) {
    throw new UsageError(`one expression, in quotes; "${rest[0]}" is a second`);
  }
  const files = ['filename', 'old', 'params', 'namespace-object'];
  const readers = files.filter((name) => flags[name] === '-').length + (text === '-' ? 1 : 0);
  if (readers > 1) throw new UsageError('only one input can be standard input');
  if (text !== '-') return text;
  return new TextDecoder().decode(streams.stdin()).replace(/\r?\n$/, '');
}

interface Inputs {
  readonly object: InputObject | undefined;
  readonly old: InputObject | undefined;
  readonly params: InputObject | undefined;
  readonly namespace: InputObject | undefined;
  readonly operation: Operation | undefined;
}

/** The objects of the call; undefined where one of them cannot be read, which is said then. */
function readInputs(flags: FlagValues, streams: Streams): Inputs | undefined {
  const raw = flags['raw'] === true;
  const chosen = flagText(flags, 'object');
  const read = (flag: string, select?: string): InputObject | undefined | 'unreadable' => {
    const file = flagText(flags, flag);
    if (file === undefined) return undefined;
    return readObject(file, { raw, select, ...streams }) ?? 'unreadable';
  };
  const object = read('filename', chosen);
  const old = read('old', chosen);
  const params = read('params');
  const namespace = read('namespace-object');
  if (object === 'unreadable' || old === 'unreadable') return undefined;
  if (params === 'unreadable' || namespace === 'unreadable') return undefined;
  if (chosen !== undefined && object === undefined && old === undefined) {
    throw new UsageError('--object chooses from a file; -f names it');
  }
  const operation = operationOf(flags, object, old);
  checkNamespace(object ?? old, namespace);
  // What is deleted is the old object.
  if (operation === 'DELETE' && old === undefined)
    return { object: undefined, old: object, params, namespace, operation };
  return { object, old, params, namespace, operation };
}

function operationOf(
  flags: FlagValues,
  object: InputObject | undefined,
  old: InputObject | undefined,
): Operation | undefined {
  const written = flagText(flags, 'operation');
  if (written === undefined) {
    if (old !== undefined) return object === undefined ? 'DELETE' : 'UPDATE';
    return object === undefined ? undefined : 'CREATE';
  }
  const operation = written.toUpperCase() as Operation;
  if (!operations.includes(operation)) {
    throw new UsageError(
      `unknown operation "${written}"${suggestion(operation, operations)} (${operations.join(', ')})`,
    );
  }
  if (operation === 'DELETE' && object !== undefined && old !== undefined) {
    throw new UsageError('a DELETE has no new object: name the deleted one with -f or with --old');
  }
  if ((operation === 'CREATE' || operation === 'CONNECT') && old !== undefined) {
    throw new UsageError(`a ${operation} has no old object`);
  }
  return operation;
}

/** Null for an object that a request of this operation does not have, undefined for one that was not given. */
function absent(operation: Operation | undefined, ...without: readonly Operation[]): null | undefined {
  return operation !== undefined && without.includes(operation) ? null : undefined;
}

function checkNamespace(object: InputObject | undefined, namespace: InputObject | undefined): void {
  const wanted = object && nameOf(object.seen, 'namespace');
  const given = namespace && nameOf(namespace.seen, 'name');
  if (wanted !== undefined && given !== undefined && wanted !== given) {
    throw new UsageError(`the object is in namespace "${wanted}", --namespace-object is "${given}"`);
  }
}

function nameOf({ metadata }: JsonObject, field: string): string | undefined {
  const value =
    metadata !== null && typeof metadata === 'object' ? (metadata as JsonObject)[field] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function userOf(flags: FlagValues) {
  const username = flagText(flags, 'user');
  const groups = flagList(flags, 'group');
  if (username !== undefined) return { username, uid: '', groups, extra: {} };
  if (groups.length > 0) throw new UsageError('--group says more about the --user, which is missing');
  return undefined;
}

function variablesOf(flags: FlagValues): readonly WrittenVariable[] {
  const variables = flagValues(flags, 'variable').map((text) => {
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(0, equals)).trim();
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new UsageError(`--variable ${text}: write NAME=EXPRESSION, the name of letters, digits and _`);
    }
    return { name, expression: text.slice(equals + 1) };
  });
  const twice = variables.find(({ name }, i) => variables.findIndex((other) => other.name === name) < i);
  if (twice !== undefined) throw new UsageError(`the variable "${twice.name}" is given twice`);
  return variables;
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
