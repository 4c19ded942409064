import { boolType, dynType, listType, nullType, stringType, structType, type Type } from '../cel/type.ts';
import type { Path } from '../model/object.ts';
import { costBound } from './budget.ts';
import { placeExpression } from './compile-expression.ts';
import { declaredType } from './declared-type.ts';
import { matchResources } from './decode/match-resources.ts';
import type { NamedExpression, PolicyDefinition } from './definition.ts';
import type { ExpressionCompiler } from './expression-compiler.ts';
import { trimSpace } from './go-text.ts';
import { ResourceMatcher } from './match/match-resources.ts';
import type { CompiledMutation } from './mutation/policy.ts';
import type { CompiledExpression, CompiledPolicy, CompiledValidation, CompiledVariable } from './policy.ts';
import { nowhere, ProblemList } from './problem.ts';
import { RefusedProgram } from './refused-program.ts';
import { extended, noVariables, type Visible, visibleAmong } from './visible-variables.ts';

/** The compilation of one policy: the order in which the server compiles its expressions. */
export class PolicyCompilation {
  private readonly definition: PolicyDefinition;
  private readonly problems: ProblemList;
  private readonly compiler: ExpressionCompiler;
  private readonly hasParams: boolean;
  private readonly variables = new Map<string, CompiledVariable>();
  private visible: Visible | undefined;

  constructor(definition: PolicyDefinition, problems: ProblemList, compiler: ExpressionCompiler) {
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

/** What a policy applies to; without constraints that is nothing. */
export function matcherOf({ matchConstraints }: PolicyDefinition): ResourceMatcher {
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
