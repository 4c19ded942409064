import { type Environment, Program } from '../cel/index.ts';
import { kubernetesEnvironment, type KubernetesVersion } from '../cel/kubernetes/environment.ts';
import {
  boolType,
  dynType,
  formatType,
  listType,
  nullType,
  stringType,
  structType,
  type Type,
} from '../cel/type.ts';
import type { JsonObject, Path } from '../model/object.ts';
import { costBound } from './budget.ts';
import { type Compilation, compileText, compileTrusted, placeExpression } from './compile-expression.ts';
import { declaredType } from './declared-type.ts';
import { decodeBinding } from './decode/binding.ts';
import { matchResources } from './decode/match-resources.ts';
import { decodePolicy } from './decode/policy.ts';
import type { NamedExpression, PolicyDefinition } from './definition.ts';
import { trimSpace } from './go-text.ts';
import { ResourceMatcher } from './match/match-resources.ts';
import { decodeMutatingBinding, decodeMutatingPolicy } from './mutation/decode.ts';
import type { CompiledMutatingPolicy, CompiledMutation } from './mutation/policy.ts';
import { validateMutatingBinding, validateMutatingPolicy } from './mutation/validate.ts';
import type {
  CompiledBinding,
  CompiledExpression,
  CompiledPolicy,
  CompiledValidation,
  CompiledVariable,
} from './policy.ts';
import { type Locate, nowhere, type PolicyProblem, ProblemList } from './problem.ts';
import { RefusedProgram } from './refused-program.ts';
import type { StoredExpressions } from './stored-expressions.ts';
import { validateBinding } from './validation/binding.ts';
import { validatePolicy } from './validation/policy.ts';

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

/** The variables an expression can see: one, and those before it. A policy may have thousands. */
interface Visible {
  readonly name: string;
  readonly type: Type;
  /** Equal for variables of equal values in any policy. */
  readonly id: number;
  readonly before: Visible | undefined;
}

/** Before the first variable. */
const noVariables: Visible = { name: '', type: dynType, id: -1, before: undefined };

/** The variables with one of the names, in their order; of two with one name the later. */
function visibleAmong(names: ReadonlySet<string>, last: Visible): readonly Visible[] {
  const found = new Map<string, Visible>();
  for (let at = last; at.before !== undefined && found.size < names.size; at = at.before) {
    if (names.has(at.name) && !found.has(at.name)) found.set(at.name, at);
  }
  return [...found.values()].reverse();
}

/**
 * Compiles policies and bindings for one Kubernetes version.
 *
 * Policies compiled by one compiler share what they have in common: an expression that stands in many of them is compiled
 * once, and a variable with the same definition is evaluated once for each object.
 */
export class PolicyCompiler {
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

  /**
   * Compiles a ValidatingAdmissionPolicy.
   *
   * Problems are all that the API server would refuse at creation, located. The policy is undefined only where it cannot
   * be decoded; an expression that does not compile is an error under failurePolicy when it is judged, as in the server.
   */
  compilePolicy(
    object: JsonObject,
    locate: Locate = nowhere,
  ): { policy: CompiledPolicy | undefined; problems: readonly PolicyProblem[] } {
    const problems = new ProblemList(locate);
    const definition = decodePolicy(object, problems, this.isTrusting);
    if (definition === undefined) return { policy: undefined, problems: problems.problems };
    const compilation = new PolicyCompilation(definition, problems, this);
    if (this.isTrusting) return { policy: new TrustedPolicy(definition, compilation), problems: [] };
    validatePolicy(definition, problems);
    const compiled = compilation.compile();
    return { policy: { ...compiled, refused: problems.refused }, problems: problems.problems };
  }

  /** Compiles a ValidatingAdmissionPolicyBinding; undefined where it cannot be decoded. */
  compileBinding(
    object: JsonObject,
    locate: Locate = nowhere,
  ): { binding: CompiledBinding | undefined; problems: readonly PolicyProblem[] } {
    const problems = new ProblemList(locate);
    const definition = decodeBinding(object, problems);
    if (definition === undefined) return { binding: undefined, problems: problems.problems };
    validateBinding(definition, problems);
    const { name, matchResources: match } = definition;
    const matcher = match && new ResourceMatcher(match);
    const binding = { name, definition, refused: problems.refused, matcher };
    return { binding, problems: problems.problems };
  }

  /** Compiles a MutatingAdmissionPolicy, as `compilePolicy` does a validating one. */
  compileMutatingPolicy(
    object: JsonObject,
    locate: Locate = nowhere,
  ): { policy: CompiledMutatingPolicy | undefined; problems: readonly PolicyProblem[] } {
    const problems = new ProblemList(locate);
    const definition = decodeMutatingPolicy(object, problems);
    if (definition === undefined) return { policy: undefined, problems: problems.problems };
    validateMutatingPolicy(definition, problems);
    const compilation = new PolicyCompilation(definition, problems, this);
    const compiled = compilation.compile();
    const mutations = definition.mutations.flatMap(({ patchType, applyConfiguration, jsonPatch }, index) => {
      const path = ['spec', 'mutations', index];
      if (patchType === 'JSONPatch')
        return compilation.mutation(patchType, jsonPatch, [...path, 'jsonPatch']);
      if (patchType !== 'ApplyConfiguration') return [];
      return compilation.mutation(patchType, applyConfiguration, [...path, 'applyConfiguration']);
    });
    const policy = { ...compiled, definition, mutations, refused: problems.refused };
    return { policy, problems: problems.problems };
  }

  /** Compiles a MutatingAdmissionPolicyBinding; undefined where it cannot be decoded. */
  compileMutatingBinding(
    object: JsonObject,
    locate: Locate = nowhere,
  ): { binding: CompiledBinding | undefined; problems: readonly PolicyProblem[] } {
    const problems = new ProblemList(locate);
    const definition = decodeMutatingBinding(object, problems);
    if (definition === undefined) return { binding: undefined, problems: problems.problems };
    validateMutatingBinding(definition, problems);
    const { name, matchResources: match } = definition;
    const matcher = match && new ResourceMatcher(match);
    const binding = { name, definition, refused: problems.refused, matcher };
    return { binding, problems: problems.problems };
  }

  /** Compiles an expression, or finds it among those compiled before. */
  compilation(
    text: string,
    use: {
      readonly hasParams: boolean;
      readonly hasAuthorizer: boolean;
      readonly visible: Visible | undefined;
      readonly hasPatchTypes?: boolean;
    },
    expect: readonly Type[],
  ): Compilation {
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

/** A policy that is known to be right: compiled when a request first matches it, which most of a catalogue's never do. */
class TrustedPolicy implements CompiledPolicy {
  readonly name: string;
  readonly definition: PolicyDefinition;
  readonly refused = false;
  readonly matcher: ResourceMatcher;
  readonly messagesCostBound = 0;
  private readonly compilation: PolicyCompilation;
  private known: ReturnType<PolicyCompilation['compile']> | undefined;

  constructor(definition: PolicyDefinition, compilation: PolicyCompilation) {
    this.name = definition.name;
    this.definition = definition;
    this.matcher = matcherOf(definition);
    this.compilation = compilation;
  }

  get matchConditions(): CompiledPolicy['matchConditions'] {
    return this.compiled.matchConditions;
  }

  get variables(): CompiledPolicy['variables'] {
    return this.compiled.variables;
  }

  get variableList(): CompiledPolicy['variableList'] {
    return this.compiled.variableList;
  }

  get variablePrograms(): CompiledPolicy['variablePrograms'] {
    return this.compiled.variablePrograms;
  }

  get validations(): CompiledPolicy['validations'] {
    return this.compiled.validations;
  }

  get auditAnnotations(): CompiledPolicy['auditAnnotations'] {
    return this.compiled.auditAnnotations;
  }

  private get compiled(): ReturnType<PolicyCompilation['compile']> {
    return (this.known ??= this.compilation.compile());
  }
}

function matcherOf({ matchConstraints }: PolicyDefinition): ResourceMatcher {
  return new ResourceMatcher(matchConstraints ?? matchResources({}));
}

/** What the message expressions and the variables they read, directly or not, can cost together at most. */
function messagesCostBound({ validations, variables }: PolicyDefinition): number {
  const messages = validations
    .map(({ messageExpression }) => messageExpression)
    .filter((text) => text !== '');
  const read = [...messages];
  const unread = new Map(variables.map(({ name, expression }) => [name, expression]));
  for (const text of read) {
    for (const word of text.match(/\w+/g) ?? []) {
      const expression = unread.get(word);
      if (expression === undefined) continue;
      unread.delete(word);
      read.push(expression);
    }
  }
  return read.reduce((sum, text) => sum + costBound(text), 0);
}

/** Where the variables of trusted policies part ways: what follows on those so far, by expression and name. */
interface VariableScope {
  readonly next: Map<string, Map<string, KnownVariable>>;
}

/** A variable as it is behind certain others. */
interface KnownVariable extends VariableScope {
  readonly variable: CompiledVariable;
  /** What is visible behind it. */
  readonly visible: Visible;
}

function extended(
  { next }: VariableScope,
  { name, expression }: NamedExpression,
  variable: CompiledVariable,
  visible: Visible,
): KnownVariable {
  const added = { next: new Map(), variable, visible };
  const byName = next.get(expression);
  if (byName === undefined) next.set(expression, new Map([[name, added]]));
  else byName.set(name, added);
  return added;
}

/** The compilation of one policy: the order in which the server compiles its expressions. */
class PolicyCompilation {
  private readonly definition: PolicyDefinition;
  private readonly problems: ProblemList;
  private readonly compiler: PolicyCompiler;
  private readonly hasParams: boolean;
  private readonly variables = new Map<string, CompiledVariable>();
  private visible: Visible | undefined;

  constructor(definition: PolicyDefinition, problems: ProblemList, compiler: PolicyCompiler) {
    this.definition = definition;
    this.problems = problems;
    this.compiler = compiler;
    this.hasParams = definition.paramKind !== undefined;
  }

  compile(): Omit<CompiledPolicy, 'refused'> {
    const { definition } = this;
    const matchConditions = definition.matchConditions.map(({ name, expression }, index) => ({
      ...this.expression(expression, ['spec', 'matchConditions', index, 'expression'], [boolType]),
      name,
      shared: /\b(?:params|authorizer)\b/.test(expression)
        ? undefined
        : this.compiler.sharedId(`? ${expression}`),
    }));
    this.addVariables();
    return {
      name: definition.name,
      definition,
      matcher: matcherOf(definition),
      matchConditions,
      variables: this.variables,
      variableList: [...this.variables.values()],
      variablePrograms: new Map(
        [...this.variables].map(([name, { text, program, error }]) => [
          name,
          program ?? new RefusedProgram(text, error),
        ]),
      ),
      // Who trusts a policy trusts that its messages are cheap.
      messagesCostBound: this.compiler.isTrusting ? 0 : messagesCostBound(definition),
      validations: definition.validations.map((_, index) => this.validation(index)),
      auditAnnotations: definition.auditAnnotations.map((annotation, index) => ({
        ...this.expression(
          trimSpace(annotation.valueExpression),
          ['spec', 'auditAnnotations', index, 'valueExpression'],
          [stringType, nullType],
        ),
        text: annotation.valueExpression,
        definition: annotation,
      })),
    };
  }

  /** Trusted policies begin with the same variables, one like the other: what they come to is remembered. */
  private addVariables(): void {
    const { variables } = this.definition;
    const names = variables.map(({ name }) => name);
    const hasDuplicates = new Set(names).size < names.length;
    if (names.length > 0) this.visible = noVariables;
    let scope = this.compiler.isTrusting && !hasDuplicates ? this.compiler.scope(this.hasParams) : undefined;
    for (const [index, variable] of variables.entries()) {
      const { name, expression } = variable;
      const known = scope?.next.get(expression)?.get(name);
      if (known === undefined) {
        this.addVariable(variable, index, hasDuplicates);
        scope = scope && extended(scope, variable, this.variables.get(name)!, this.visible!);
      } else {
        this.variables.set(name, known.variable);
        this.visible = known.visible;
        scope = known;
      }
    }
  }

  private addVariable({ name, expression }: NamedExpression, index: number, hasDuplicates: boolean): void {
    const before = this.visible!;
    const compiled = this.expression(expression, ['spec', 'variables', index, 'expression'], []);
    const type = compiled.program === undefined ? dynType : declaredType(compiled.program.type);
    const words = this.compiler.wordsOf(expression);
    const read = visibleAmong(words, before).map((other) => `${other.name}=${other.id} `);
    const id = this.compiler.sharedId(`${read.join('')} ${expression}`);
    const readsOwn = [...words].some((word) => {
      const other = this.variables.get(word);
      return other !== undefined && other.shared === undefined;
    });
    const isShared = !hasDuplicates && !readsOwn && !words.has('params') && !words.has('authorizer');
    this.variables.set(name, { ...compiled, name, shared: isShared ? id : undefined });
    // At creation the server passes over a variable without expression, so that those after it do not know it.
    if (trimSpace(expression) === '') return;
    this.visible = { name, type, id, before };
  }

  private validation(index: number): CompiledValidation {
    const definition = this.definition.validations[index]!;
    const at = ['spec', 'validations', index];
    const compiled = this.expression(definition.expression, [...at, 'expression'], [boolType]);
    const text = definition.messageExpression;
    if (text === '') return { ...compiled, definition, messageExpression: undefined };
    const compile = () => this.expression(text, [...at, 'messageExpression'], [stringType], false);
    if (!this.compiler.isTrusting) return { ...compiled, definition, messageExpression: compile() };
    let messageExpression: CompiledExpression | undefined;
    return {
      ...compiled,
      definition,
      get messageExpression() {
        return (messageExpression ??= compile());
      },
    };
  }

  /** A mutation's expression, which sees all variables; none where the policy gives it no expression. */
  mutation(
    patchType: CompiledMutation['patchType'],
    text: string | undefined,
    path: Path,
  ): CompiledMutation[] {
    if (text === undefined) return [];
    // Mutations know `variables` even where there are none.
    this.visible ??= noVariables;
    const expect = patchType === 'JSONPatch' ? listType(structType('JSONPatch')) : structType('Object');
    return [{ ...this.expression(text, [...path, 'expression'], [expect], true, true), patchType }];
  }

  private expression(
    text: string,
    path: Path,
    expect: readonly Type[],
    hasAuthorizer = true,
    hasPatchTypes = false,
  ): CompiledExpression {
    // An empty expression is a problem of its own, which needs no syntax error beside it.
    const silent = trimSpace(text) === '' ? new ProblemList(nowhere) : this.problems;
    const use = { hasParams: this.hasParams, hasAuthorizer, hasPatchTypes, visible: this.visible };
    return placeExpression(text, path, this.compiler.compilation(text, use, expect), silent);
  }
}
