import { suggestion } from '../config/did-you-mean.ts';
import type { WrittenVariable } from '../loop/expression.ts';
import type { JsonObject } from '../model/object.ts';
import type { Operation, UserInfo } from '../policy/index.ts';
import { flagList, flagText, type FlagValues, flagValues, UsageError } from './command.ts';
import { type InputObject, readObject } from './input-object.ts';
import type { Streams } from './stream.ts';

// What the call of `eval` says. A mistake in it is a `UsageError`.

/** What `--operation` may be. */
export const operations: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/** The expression: the argument, or standard input where that is `-`. */
export function expressionText(flags: FlagValues, positionals: readonly string[], streams: Streams): string {
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
  try {
    return new TextDecoder().decode(streams.stdin()).replace(/\r?\n$/, '');
  } catch (error) {
    throw new UsageError(`cannot read the expression from standard input: ${(error as Error).message}`);
  }
}

/** The objects that an expression sees, and what is done to them. */
export interface Inputs {
  readonly object: InputObject | undefined;
  readonly old: InputObject | undefined;
  readonly params: InputObject | undefined;
  readonly namespace: InputObject | undefined;
  readonly operation: Operation | undefined;
}

/** The objects of the call; undefined where one of them cannot be read, which is said then. */
export function readInputs(flags: FlagValues, streams: Streams): Inputs | undefined {
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

/** Who asks; undefined where that is not said. */
export function userOf(flags: FlagValues): UserInfo | undefined {
  const username = flagText(flags, 'user');
  const groups = flagList(flags, 'group');
  if (username !== undefined) return { username, uid: '', groups, extra: {} };
  if (groups.length > 0) throw new UsageError('--group says more about the --user, which is missing');
  return undefined;
}

/** The variables of `--variable NAME=EXPRESSION`, in their order. */
export function variablesOf(flags: FlagValues): readonly WrittenVariable[] {
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
