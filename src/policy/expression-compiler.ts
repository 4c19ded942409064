import { type Environment, Program } from '../cel/index.ts';
import { kubernetesEnvironment, type KubernetesVersion } from '../cel/kubernetes/environment.ts';
import { formatType, type Type } from '../cel/type.ts';
import { type Compilation, compileText, compileTrusted } from './compile-expression.ts';
import type { StoredExpressions } from './stored-expressions.ts';
import { type VariableScope, type Visible, visibleAmong } from './visible-variables.ts';

/** How policies are compiled. */
export interface CompilerOptions {
  /** The Kubernetes version whose API server the policies are for. */
  readonly version: KubernetesVersion;
  /**
   * `new` (default): what that version lets a person write, which is what the version before understood; `stored`: all
   * that it evaluates.
   */
  readonly mode?: 'new' | 'stored';
  /**
   * For policies that are known to be right: expressions are not checked again, and message expressions are compiled when
   * a failure first needs them.
   */
  readonly trusted?: boolean;
  /** Where expressions are looked up before they are compiled; for trusted policies only. */
  readonly stored?: StoredExpressions;
}

/** What an expression may refer to besides the object and the request. */
export interface ExpressionUse {
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
  /** Undefined where there is no `variables` at all. */
  readonly visible: Visible | undefined;
  readonly hasPatchTypes?: boolean;
}

/** Compiles the expressions of policies, each once for all policies in which it means the same. */
export class ExpressionCompiler {
  private readonly options: CompilerOptions;
  private readonly environments = new Map<string, Environment>();
  /** By text and context. */
  private readonly compilations = new Map<string, Map<string, Compilation>>();
  private readonly sharedIds = new Map<string, number>();
  private readonly words = new Map<string, ReadonlySet<string>>();
  private readonly scopes = new Map<boolean, VariableScope>();

  constructor(options: CompilerOptions) {
    this.options = options;
  }

  /** Compiles an expression, or finds it among those compiled before. */
  compilation(text: string, use: ExpressionUse, expect: readonly Type[]): Compilation {
    const { hasParams, hasAuthorizer, hasPatchTypes = false } = use;
    const visible = this.readBy(text, use.visible);
    const environmentKey = `${hasParams} ${hasAuthorizer} ${hasPatchTypes} ${visible?.key ?? 'none'}`;
    const context = `${environmentKey} ${expect.map(formatType).join()}`;
    let known = this.compilations.get(text);
    if (known === undefined) this.compilations.set(text, (known = new Map()));
    let compilation = known.get(context) ?? this.stored(text, context);
    if (compilation !== undefined) {
      known.set(context, compilation);
      return compilation;
    }
    let environment = this.environments.get(environmentKey);
    if (environment === undefined) {
      const { version, mode } = this.options;
      const variables = visible?.types;
      environment = kubernetesEnvironment(version, {
        mode,
        hasParams,
        hasAuthorizer,
        hasPatchTypes,
        variables,
      });
      this.environments.set(environmentKey, environment);
    }
    const compile = this.isTrusting ? compileTrusted : compileText;
    compilation = compile(text, environment, expect);
    known.set(context, compilation);
    return compilation;
  }

  /**
   * The variables that an expression reads. Equal expressions over variables of equal types are then one, whatever else
   * their policies define.
   */
  private readBy(
    text: string,
    visible: Visible | undefined,
  ): { readonly types: Readonly<Record<string, Type>>; readonly key: string } | undefined {
    if (visible === undefined) return undefined;
    const read = visibleAmong(this.wordsOf(text), visible);
    return {
      types: Object.fromEntries(read.map(({ name, type }) => [name, type])),
      key: read.map(({ name, type }) => `${name}:${formatType(type)} `).join(''),
    };
  }

  /** The words in an expression; most expressions of a catalogue stand in many policies. */
  wordsOf(text: string): ReadonlySet<string> {
    let words = this.words.get(text);
    if (words === undefined) this.words.set(text, (words = new Set(text.match(/\w+/g))));
    return words;
  }

  private stored(text: string, context: string): Compilation | undefined {
    const found = this.isTrusting ? this.options.stored?.find(text, context) : undefined;
    return found && { program: new Program(text, found.type, found.plan) };
  }

  /**
   * The programs of all expressions compiled so far. The context is all that an expression's meaning depends on beside its
   * text and the version: the names it may refer to, with their types, and the type it is to have.
   */
  *programs(): Generator<[context: string, program: Program]> {
    for (const compilations of this.compilations.values()) {
      for (const [context, compilation] of compilations) {
        if ('program' in compilation) yield [context, compilation.program];
      }
    }
  }

  /** Whether policies are taken to compile. */
  get isTrusting(): boolean {
    return this.options.trusted === true;
  }

  /** Where the variables of trusted policies begin, of those with and those without parameters. */
  scope(hasParams: boolean): VariableScope {
    let scope = this.scopes.get(hasParams);
    if (scope === undefined) this.scopes.set(hasParams, (scope = { next: new Map() }));
    return scope;
  }

  /** A number for a text, the same for equal texts. */
  sharedId(text: string): number {
    const known = this.sharedIds.get(text) ?? this.sharedIds.size;
    this.sharedIds.set(text, known);
    return known;
  }
}
