import { ScopeTracker, type ValuesPath } from './template-scope.ts';

/** A line of a template as far as it can be told without running it. */
export interface TemplateLine {
  /** From 1. */
  readonly line: number;
  /** As written, without spaces around. */
  readonly text: string;
  /** Spaces before it. */
  readonly indent: number;
  /**
   * The text that is written as it stands, cut at each action that writes something: `['image: ', ':', '']` of
   * `image: {{ .a }}:{{ .b }}`. One part: nothing but text. Only empty parts: nothing but actions.
   */
  readonly parts: readonly string[];
  /** What the actions of the line say, without braces. */
  readonly actions: readonly string[];
  /** Paths of values that the actions write, `['image', 'tag']` of `.Values.image.tag`; `undefined` steps are items of a list. */
  readonly values: readonly ValuesPath[];
  /** Blocks of `range` around it, by number, outermost first. */
  readonly loops: readonly number[];
  /** The innermost branch of a condition or loop around it: lines of one branch show together. */
  readonly branch: number;
}

/** Actions that write nothing. Source: pkg.go.dev/text/template, "Actions". */
const silent =
  /^(?:if|else|end|range|with|define|block|break|continue|fail)\b|^\$\w*(?:\s*,\s*\$\w+)?\s*:?=|^\/\*/;

/**
 * Cuts a Go template into the lines that can show in what it renders to; bodies of `define` are left out, as they show
 * where they are included. Whatever the text, the answer is only less helpful, never an error.
 */
export function templateLines(source: string): readonly TemplateLine[] {
  const scopes = new ScopeTracker();
  const lines: TemplateLine[] = [];
  let draft = new Draft(1);
  const close = (): void => {
    const made = draft.line();
    if (made !== undefined) lines.push(made);
  };
  let number = 1;
  const advance = (text: string): void => {
    const pieces = text.split('\n');
    for (const [i, piece] of pieces.entries()) {
      if (i > 0) {
        close();
        draft = new Draft(++number);
      }
      if (!scopes.isDefining) draft.literal(piece.replace(/\r$/, ''), scopes);
    }
  };
  let at = 0;
  for (;;) {
    const open = source.indexOf('{{', at);
    if (open < 0) break;
    advance(source.slice(at, open));
    const end = actionEnd(source, open + 2);
    const whole = source.slice(open, end);
    const body = whole.replace(/^\{\{(?:-(?=\s))?\s*/, '').replace(/\s*(?:-)?\}\}$/, '');
    if (silent.test(body)) {
      if (!scopes.isDefining) draft.condition(body);
      scopes.enter(body);
    }
    if (!silent.test(body) && !scopes.isDefining) draft.action(body, scopes.valuesIn(body), scopes);
    // The rest of a line goes on where an action of several lines ends.
    const breaks = whole.split('\n').length - 1;
    if (breaks > 0) {
      close();
      number += breaks;
      draft = new Draft(number);
    }
    at = end;
  }
  advance(source.slice(at));
  close();
  return lines;
}

/** Where an action ends that starts before `from`: behind its `}}`, which may also stand inside of a string. */
function actionEnd(source: string, from: number): number {
  if (/^-?\s*\/\*/.test(source.slice(from, from + 50))) {
    const end = source.indexOf('*/', from);
    const close = end < 0 ? -1 : source.indexOf('}}', end);
    return close < 0 ? source.length : close + 2;
  }
  for (let i = from; i < source.length; i++) {
    const character = source[i]!;
    if (character === '}' && source[i + 1] === '}') return i + 2;
    if (character === '`') {
      const close = source.indexOf('`', i + 1);
      if (close < 0) return source.length;
      i = close;
    } else if (character === '"') {
      for (i++; i < source.length && source[i] !== '"' && source[i] !== '\n'; i++) {
        if (source[i] === '\\') i++;
      }
    }
  }
  return source.length;
}

/** A line while it is being read. */
class Draft {
  private readonly number: number;
  private readonly parts: string[] = [''];
  private readonly actions: string[] = [];
  private readonly values: ValuesPath[] = [];
  private readonly open: { readonly part: number; readonly length: number; isEither: boolean }[] = [];
  private place: Pick<TemplateLine, 'loops' | 'branch'> | undefined;
  private whole = '';

  constructor(number: number) {
    this.number = number;
  }

  /** What is around the first of a line that shows is around the line. */
  literal(text: string, { branch, loops }: ScopeTracker): void {
    if (text.trim() !== '') this.place ??= { branch, loops };
    this.parts[this.parts.length - 1] += text;
    this.whole += text;
  }

  action(body: string, values: readonly ValuesPath[], { branch, loops }: ScopeTracker): void {
    this.place ??= { branch, loops };
    this.parts.push('');
    this.actions.push(body);
    this.values.push(...values);
    this.whole += `{{ ${body} }}`;
  }

  /** What a condition inside of a line leaves out may be there or not. */
  condition(body: string): void {
    const word = /^\w+/.exec(body)?.[0];
    if (word === 'if' || word === 'with' || word === 'range') {
      const hasBefore = this.whole.trim() !== '';
      const part = this.parts.length - 1;
      this.open.push({ part, length: this.parts[part]!.length, isEither: hasBefore });
    } else if (word === 'else') {
      const opened = this.open.at(-1);
      if (opened !== undefined) opened.isEither = true;
    } else if (word === 'end') {
      const opened = this.open.pop();
      if (opened?.isEither !== true) return;
      this.parts.length = opened.part + 1;
      this.parts[opened.part] = this.parts[opened.part]!.slice(0, opened.length);
      this.parts.push('');
    }
  }

  line(): TemplateLine | undefined {
    const text = this.whole.trim();
    if (text === '') return undefined;
    const parts = [...this.parts];
    const indent = parts[0]!.length - parts[0]!.trimStart().length;
    parts[0] = parts[0]!.trimStart();
    parts[parts.length - 1] = parts.at(-1)!.trimEnd();
    const { number: line, actions, values, place } = this;
    return { line, text, indent, parts, actions, values, ...place! };
  }
}
