import type { EvaluatedExpression, ExpressionStep, RoundStep, Step } from '../cel/explain/steps.ts';
import { costLimit } from '../cel/limit.ts';
import { CelError, Failure, type Result, Unknown } from '../cel/value.ts';
import type { Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { celText } from './cel-text.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { cut, displayWidth } from './width.ts';

/** How an evaluation is printed. */
export interface EvaluationOptions {
  readonly width: number;
  readonly paint: Paint;
  /** Where a path of an input stands: `web.yaml:12:5`; empty where it stands in no file. */
  readonly place: (path: Path) => string;
  /** How a caller would give what is not known, by its name: `--user NAME` for `request.userInfo`. */
  readonly advice: (attribute: string) => string | undefined;
}

/** Of the rounds of a macro so many are shown, and the last. */
const roundsShown = 8;

/**
 * Prints what an expression came to: value, type and cost, then a tree of its parts with theirs. Literals and the steps of
 * a path (`object`, `object.spec`) are left out where what they lead to is shown; what was not needed is there and says so.
 */
export function* evaluation(
  evaluated: EvaluatedExpression & { readonly variables: readonly EvaluatedExpression[] },
  options: EvaluationOptions,
): Generator<string> {
  const { paint, width } = options;
  const { result, type } = evaluated;
  yield `${outcome(result, width, paint)}\n\n`;
  yield* tree(evaluated, options);
  for (const variable of evaluated.variables) {
    yield `\n${paint('bold', `variables.${variable.name}`)}\n`;
    yield* tree(variable, options);
  }
  yield '\n';
  const places = evaluated.paths.map((path) => ({
    path: printable(formatPath(path)),
    place: options.place(path),
  }));
  const longest = Math.max(0, ...places.map(({ path }) => displayWidth(path)));
  for (const [i, { path, place }] of places.entries()) {
    const label = i === 0 ? 'from' : '';
    yield `${label.padEnd(6)}${place === '' ? path : `${path.padEnd(longest)}  ${paint('cyan', printable(place))}`}\n`;
  }
  const advice = result instanceof Unknown ? result.attributes.map(options.advice) : [];
  for (const text of new Set(advice)) if (text !== undefined) yield `known with  ${text}\n`;
  yield `type  ${type}\n`;
  yield `cost  ${costText(evaluated)}\n`;
}

/** `16 of 1,000,000 (0.002 %)`, with the cost of variables, which the server counts for each by itself. */
function costText({ cost, variables }: Parameters<typeof evaluation>[0]): string {
  const share = (cost / costLimit) * 100;
  const percent = share >= 0.1 ? share.toFixed(1) : share.toPrecision(1);
  const text = `${grouped(cost)} of ${grouped(costLimit)} (${percent} %)`;
  const parts = variables.map((variable) => `${variable.name} ${grouped(variable.cost)}`);
  return parts.length === 0 ? text : `${text}, and of variables: ${printable(parts.join(', '))}`;
}

const grouped = (units: number): string => String(units).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** A result in one line: the value, cut to `width` columns, or what stands in its place. */
export function outcome(result: Result | undefined, width: number, paint: Paint): string {
  if (result === undefined) return paint('gray', 'not evaluated');
  if (result instanceof CelError) return paint('yellow', cut(printable(`error: ${result.message}`), width));
  if (result instanceof Unknown) {
    return paint('yellow', cut(printable(`unknown: depends on ${result.attributes.join(', ')}`), width));
  }
  const text = cut(printable(celText(result, width)), width);
  return paint(result === true ? 'green' : result === false ? 'red' : 'bold', text);
}

function* tree({ expression, steps }: EvaluatedExpression, options: EvaluationOptions): Generator<string> {
  yield `${line(expression, steps, '', options)}\n`;
  yield* branches(expression, shownParts(steps), steps, '', options);
}

function* branches(
  text: string,
  parts: readonly (Step | string)[],
  parent: ExpressionStep | undefined,
  indent: string,
  options: EvaluationOptions,
): Generator<string> {
  const { paint } = options;
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1;
    const branch = paint('gray', `${indent}${isLast ? '└─ ' : '├─ '}`);
    const below = `${indent}${isLast ? '   ' : '│  '}`;
    if (typeof part === 'string') yield `${branch}${paint('gray', part)}\n`;
    else if (part.kind === 'round') {
      yield `${branch}${boundText(part, options.width - below.length)}\n`;
      yield* branches(text, part.steps.filter(isShown), undefined, below, options);
    } else {
      yield `${branch}${line(text, part, below, options, parent)}\n`;
      if (part.result !== undefined) yield* branches(text, shownParts(part), part, below, options);
    }
  }
}

/** `c.image == 'nginx' → true` */
function line(
  text: string,
  step: ExpressionStep,
  indent: string,
  { width, paint }: EvaluationOptions,
  parent?: ExpressionStep,
): string {
  const room = Math.max(40, width - indent.length);
  const written = cut(
    printable(text.slice(step.start, step.end).replace(/\s+/g, ' ')),
    Math.ceil(room * 0.65),
  );
  if (step.result === undefined) return `${written}  ${paint('gray', 'not evaluated')}`;
  const isAbsorbed =
    step.result instanceof Failure && parent !== undefined && !(parent.result instanceof Failure);
  const note = isAbsorbed ? paint('gray', ' (absorbed)') : '';
  const left = room - displayWidth(written) - 3 - (isAbsorbed ? 11 : 0);
  return `${written} ${paint('gray', '→')} ${outcome(step.result, Math.max(20, left), paint)}${note}`;
}

function boundText({ bound }: RoundStep, width: number): string {
  const room = Math.max(20, Math.floor(width / Math.max(1, bound.length)) - 6);
  const parts = bound.map(({ name, value }) => `${name} = ${cut(celText(value, room), room)}`);
  return printable(parts.join(', '));
}

const isShown = (step: Step): boolean => step.kind === 'round' || (step.kind !== 'constant' && !step.local);

const isPath = ({ kind }: Step): boolean => kind === 'variable' || kind === 'select' || kind === 'index';

/** The parts of a step that say something new. */
function shownParts(step: ExpressionStep): (Step | string)[] {
  const isStepOfPath = step.kind === 'select' || step.kind === 'index';
  const parts = step.steps.filter(isShown).flatMap((part, i): Step[] => {
    if (!isStepOfPath || i > 0 || part !== step.steps[0] || part.kind === 'round' || !isPath(part))
      return [part];
    if (step.result === undefined) return [];
    if (part.result instanceof Failure) return shownParts(part).filter((inner) => typeof inner !== 'string');
    // The last step that holds something shows what the next one did not find in it.
    return step.result instanceof Failure ? [{ ...part, steps: [] }] : [];
  });
  return shortened(parts, step.roundsLeft);
}

/** The first rounds and the last one; how many there are else. */
function shortened(parts: readonly Step[], roundsLeft: number): (Step | string)[] {
  const rounds = parts.filter(({ kind }) => kind === 'round').length;
  const shown: (Step | string)[] = [...parts];
  const hidden = rounds - roundsShown - 1;
  if (hidden > 1) shown.splice(parts.length - rounds + roundsShown, hidden, `${hidden} more`);
  if (roundsLeft > 0) shown.push(`${roundsLeft} more not evaluated`);
  return shown;
}
