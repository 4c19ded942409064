/** Where in the values something comes from; `undefined` steps are items of a list or keys of a map. */
export type ValuesPath = readonly (string | undefined)[];

interface Block {
  readonly kind: 'if' | 'range' | 'with' | 'define';
  /** What `.` means inside, where it comes from the values. */
  readonly dot: ValuesPath | undefined;
  readonly variables: ReadonlyMap<string, ValuesPath>;
  readonly loop: number | undefined;
  /** Of all branches of the template. */
  readonly branch: number;
}

/** `.Values.a`, `$.Values.a`, `.a`, `$x.a`, `.` and `$x`, not behind a word: what a template takes from its data. */
const reference = /(?<![\w.)\]"])(\$\w*)?((?:\.[A-Za-z_][\w-]*)+|\.(?![\w.]))?/g;

/**
 * Follows `with`, `range` and variables through a template, to tell which values an action is about. Source:
 * pkg.go.dev/text/template, "Actions" and "Variables".
 */
export class ScopeTracker {
  private readonly blocks: Block[] = [];
  private readonly globals = new Map<string, ValuesPath>();
  private ranges = 0;
  private branches = 0;

  get isDefining(): boolean {
    return this.blocks.some(({ kind }) => kind === 'define');
  }

  /** The blocks of `range` around, by number, outermost first. */
  get loops(): readonly number[] {
    return this.blocks.flatMap(({ loop }) => (loop === undefined ? [] : [loop]));
  }

  /** The innermost branch of a condition or loop around, by number; 0 where there is none. */
  get branch(): number {
    return this.blocks.at(-1)?.branch ?? 0;
  }

  /** Takes note of an action that writes nothing. */
  enter(body: string): void {
    const [, word = '', rest = ''] = /^(\w+)\b\s*([^]*)$/.exec(body) ?? [];
    if (word === 'end') this.blocks.pop();
    else if (word === 'if' || word === 'define') this.open(word, this.dot, new Map());
    else if (word === 'block') this.open('if', undefined, new Map());
    else if (word === 'range' || word === 'with') this.openWith(word, rest);
    else if (word === 'else') this.otherwise(rest);
    else this.assign(body);
  }

  /** The values that an action refers to, each once. */
  valuesIn(body: string): readonly ValuesPath[] {
    const paths = new Map<string, ValuesPath>();
    const code = body.replace(/"(?:\\.|[^"\\])*"|`[^`]*`/g, '""');
    for (const [whole, variable, fields] of code.matchAll(reference)) {
      if (whole === '') continue;
      const path = this.resolve(variable, fields ?? '');
      if (path !== undefined && path.length > 0) paths.set(path.join('\0'), path);
    }
    return [...paths.values()];
  }

  private get dot(): ValuesPath | undefined {
    return this.blocks.at(-1)?.dot;
  }

  private open(kind: Block['kind'], dot: ValuesPath | undefined, variables: Block['variables']): void {
    const loop = kind === 'range' ? this.ranges++ : undefined;
    const branch = ++this.branches;
    this.blocks.push({ kind, dot: kind === 'define' ? undefined : dot, variables, loop, branch });
  }

  private openWith(kind: 'range' | 'with', rest: string): void {
    const [, names = '', pipeline = rest] = /^((?:\$\w+\s*,\s*)?\$\w+)\s*:?=\s*([^]*)$/.exec(rest) ?? [];
    const [source] = this.valuesIn(pipeline);
    const dot = source === undefined || kind === 'with' ? source : [...source, undefined];
    const variables = new Map<string, ValuesPath>();
    const last = names
      .split(',')
      .map((name) => name.trim())
      .at(-1);
    if (last !== undefined && last !== '' && dot !== undefined) variables.set(last, dot);
    this.open(kind, dot, variables);
  }

  /** `else with x` has a value of its own; a plain `else` has what was outside. */
  private otherwise(rest: string): void {
    const block = this.blocks.pop();
    if (block === undefined) return;
    const [, word, more = ''] = /^(with|range)\b\s*([^]*)$/.exec(rest) ?? [];
    if (word === 'with' || word === 'range') this.openWith(word, more);
    else this.open('if', this.dot, new Map());
  }

  private assign(body: string): void {
    const [, name, pipeline = ''] = /^(\$\w+)\s*:?=\s*([^]*)$/.exec(body) ?? [];
    if (name === undefined) return;
    const [source] = this.valuesIn(pipeline);
    if (source === undefined) this.globals.delete(name);
    else this.globals.set(name, source);
  }

  private resolve(variable: string | undefined, fields: string): ValuesPath | undefined {
    const steps = fields.split('.').filter((step) => step !== '');
    if (steps[0] === 'Values' && (variable === undefined || variable === '$')) return steps.slice(1);
    if (variable === '$') return undefined;
    const base = variable === undefined ? this.dot : this.variable(variable);
    if (base === undefined || (variable === undefined && fields === '')) return undefined;
    return [...base, ...steps];
  }

  private variable(name: string): ValuesPath | undefined {
    for (const { variables } of this.blocks.toReversed()) {
      const found = variables.get(name);
      if (found !== undefined) return found;
    }
    return this.globals.get(name);
  }
}
