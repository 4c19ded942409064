import type { Path } from '../../../model/object.ts';
import type { Plan, PlanNode } from '../../../cel/plan/node.ts';
import { partsOf } from '../../../cel/plan/parts.ts';
import type { CompiledExpression, CompiledPolicy } from '../../../policy/policy.ts';

/** What has to happen to a sub-expression for its goal to be reached. */
export type Need = 'evaluated' | 'true' | 'false';

/** Something of a policy that tests should make happen. */
export interface Goal {
  /** `validations[0]`, `variables "containers"`. */
  readonly where: string;
  /** The expression's path in the policy. */
  readonly path: Path;
  /** The sub-expression, in characters of the expression's text. */
  readonly start: number;
  readonly end: number;
  readonly need: Need;
  /** What to call it when it has not happened. */
  readonly missing: string;
}

/** An expression of a policy with its goals. */
export interface GoalExpression {
  readonly compiled: CompiledExpression;
  readonly goals: readonly Goal[];
}

/** The expressions of a policy that coverage is about, by kind. */
export interface PolicyGoals {
  readonly matchConditions: readonly GoalExpression[];
  readonly variables: ReadonlyMap<string, GoalExpression>;
  readonly validations: readonly GoalExpression[];
  readonly messages: readonly (GoalExpression | undefined)[];
}

/**
 * What tests of a policy should reach: each condition and validation true and false, each variable read, each side of
 * `?:`, each operand of `&&` and `||` and each test of `all`, `exists`, `exists_one` and `filter` true and false, each body
 * of `map` evaluated, each message expression needed.
 */
export function goalsOf(policy: CompiledPolicy): PolicyGoals {
  return {
    matchConditions: policy.matchConditions.map((one, i) =>
      goals(one, `matchConditions[${i}] "${one.name}"`, ['true', 'false']),
    ),
    variables: new Map(
      [...policy.variables.values()].map((one) => [
        one.name,
        goals(one, `variables "${one.name}"`, ['evaluated']),
      ]),
    ),
    validations: policy.validations.map((one, i) => goals(one, `validations[${i}]`, ['true', 'false'])),
    messages: policy.validations.map(
      ({ messageExpression }, i) =>
        messageExpression && wholeGoal(messageExpression, `validations[${i}].messageExpression`, 'evaluated'),
    ),
  };
}

/** All goals of a policy in the order of the server's evaluation. */
export function allGoals({ matchConditions, variables, validations, messages }: PolicyGoals): Goal[] {
  const expressions = [...matchConditions, ...variables.values(), ...validations];
  return [...expressions, ...messages.filter((one) => one !== undefined)].flatMap((one) => one.goals);
}

function wholeGoal(compiled: CompiledExpression, where: string, need: Need): GoalExpression {
  return { compiled, goals: whole(compiled, where, [need]) };
}

function whole({ text, path, program }: CompiledExpression, where: string, needs: readonly Need[]): Goal[] {
  const root = program?.plan.root;
  // The operands of a logical operator say more than it does as a whole.
  if (root?.kind === 'logical' && needs.length === 2) return [];
  const [start, end] = root === undefined ? [0, text.length] : [root.start, root.end];
  return needs.map((need) => ({ where, path, start, end, need, missing: words[need] }));
}

const words: Readonly<Record<Need, string>> = {
  evaluated: 'never evaluated',
  true: 'never true',
  false: 'never false',
};

function goals(compiled: CompiledExpression, where: string, needs: readonly Need[]): GoalExpression {
  const found = new Map<string, Goal>();
  const add = (node: PlanNode, need: Need, missing = words[need]): void => {
    if (node.kind === 'constant' && need !== 'evaluated') return;
    const key = `${node.start} ${node.end} ${need}`;
    const { start, end } = node;
    if (!found.has(key)) found.set(key, { where, path: compiled.path, start, end, need, missing });
  };
  for (const goal of whole(compiled, where, needs)) found.set(`${goal.start} ${goal.end} ${goal.need}`, goal);
  if (compiled.program !== undefined) branches(compiled.program.plan, add);
  return { compiled, goals: [...found.values()] };
}

function branches({ root }: Plan, add: (node: PlanNode, need: Need, missing?: string) => void): void {
  const both = (node: PlanNode): void => {
    if (node.kind === 'logical') return;
    add(node, 'true');
    add(node, 'false');
  };
  const visit = (node: PlanNode): void => {
    if (node.kind === 'logical') {
      both(node.left);
      both(node.right);
    } else if (node.kind === 'conditional') {
      add(node.whenTrue, 'evaluated', 'this branch was never taken');
      add(node.whenFalse, 'evaluated', 'this branch was never taken');
    } else if (node.kind === 'macro') {
      if (node.filter !== undefined) both(node.filter);
      if (['all', 'exists', 'exists_one', 'filter'].includes(node.name)) both(node.body);
      else add(node.body, 'evaluated');
    }
    for (const child of partsOf(node)) visit(child);
  };
  visit(root);
}
