import type { ExplainedNode } from '../../../cel/index.ts';
import type { Location } from '../../../model/finding.ts';
import type { Path } from '../../../model/object.ts';
import type { PolicyCoverage } from '../../../model/policy-test.ts';
import {
  type AdmissionRequest,
  type BoundPolicy,
  type CompiledPolicy,
  type JudgeContext,
  trace,
  type Trace,
} from '../../../policy/index.ts';
import { allGoals, type Goal, goalsOf, type GoalExpression, type PolicyGoals } from './goals.ts';
import type { Observe } from '../run-case.ts';

/** Where a policy is written, for those who want to point into it. */
export interface CoveredSource {
  /** As shown. */
  readonly file: string;
  readonly locate: (path: Path, start: number, end: number) => Location | undefined;
}

interface Covered {
  readonly name: string;
  readonly source: CoveredSource;
  readonly goals: PolicyGoals;
  readonly reached: Set<string>;
}

/**
 * Gathers what tests make happen in policies. Every request is evaluated once more with `explain`, which is much slower
 * than judging: only for those who ask for coverage.
 */
export class CoverageRecorder {
  private readonly covered = new Map<string, Covered>();
  private readonly sourceOf: (policy: CompiledPolicy) => CoveredSource | undefined;

  /** Policies without a source (undefined) are what a format adds by itself; nothing is said of them. */
  constructor(sourceOf: (policy: CompiledPolicy) => CoveredSource | undefined) {
    this.sourceOf = sourceOf;
  }

  readonly observe: Observe = (policies, request, context) => {
    for (const bound of policies) this.note(bound, request, context);
  };

  /** Makes a policy known: one that no test asks stands in the result with nothing reached. */
  know(policy: CompiledPolicy): Covered | undefined {
    const source = this.sourceOf(policy);
    if (source === undefined) return undefined;
    const key = `${source.file}\n${policy.name}`;
    let covered = this.covered.get(key);
    if (covered === undefined) {
      covered = { name: policy.name, source, goals: goalsOf(policy), reached: new Set() };
      this.covered.set(key, covered);
    }
    return covered;
  }

  /** What was reached so far, policy by policy. */
  result(): PolicyCoverage[] {
    return [...this.covered.values()]
      .sort((a, b) => (a.source.file < b.source.file ? -1 : a.source.file > b.source.file ? 1 : 0))
      .map(({ name, source, goals, reached }) => {
        const all = allGoals(goals).filter(
          ({ path, start, end }) => source.locate(path, start, end) !== undefined,
        );
        const missed = all.filter((goal) => !reached.has(keyOf(goal)));
        return {
          policy: name,
          file: source.file,
          all: all.length,
          reached: all.length - missed.length,
          gaps: together(missed).map(({ where, missing, path, start, end }) => ({
            where,
            missing,
            location: source.locate(path, start, end),
          })),
        };
      });
  }

  private note(bound: BoundPolicy, request: AdmissionRequest, context: JudgeContext): void {
    const covered = this.know(bound.policy);
    if (covered === undefined) return;
    for (const one of trace(bound, request, { ...context, findElements: false })) mark(covered, one);
  }
}

/** Marks what one evaluation reached. Variables count where something that was evaluated reads them. */
function mark({ goals, reached }: Covered, one: Trace): void {
  const waiting: string[] = [];
  const seen = new Set<string>();
  const walk = (tree: ExplainedNode | undefined, expression: GoalExpression | undefined): void => {
    if (tree === undefined || expression === undefined) return;
    const { text, path } = expression.compiled;
    const visit = (node: ExplainedNode): void => {
      const at = `${path.join('/')} ${node.start} ${node.end}`;
      reached.add(`${at} evaluated`);
      if (typeof node.result === 'boolean') reached.add(`${at} ${node.result}`);
      const name = /^variables\.\??(\w+)$/.exec(text.slice(node.start, node.end))?.[1];
      if (name !== undefined && !seen.has(name)) {
        seen.add(name);
        waiting.push(name);
      }
      for (const child of node.children) visit(child);
    };
    visit(tree);
  };
  one.matchConditions.forEach(({ tree }, i) => walk(tree, goals.matchConditions[i]));
  one.validations.forEach(({ tree, outcome }, i) => {
    walk(tree, goals.validations[i]);
    const message = goals.messages[i];
    if (outcome?.verdict !== 'fail' || message === undefined) return;
    for (const goal of message.goals) reached.add(keyOf(goal));
    for (const [, name] of message.compiled.text.matchAll(/\bvariables\.\??(\w+)/g)) waiting.push(name!);
  });
  const trees = new Map(one.variables.map(({ name, tree }) => [name, tree]));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    walk(trees.get(name), goals.variables.get(name));
  }
}

const keyOf = ({ path, start, end, need }: Goal): string => `${path.join('/')} ${start} ${end} ${need}`;

/** What is neither true nor false was never evaluated: one line says so. What lies inside of it needs no line at all. */
function together(missed: readonly Goal[]): Goal[] {
  const never = new Map<string, number>();
  const spot = ({ path, start, end }: Goal): string => `${path.join('/')} ${start} ${end}`;
  for (const goal of missed) never.set(spot(goal), (never.get(spot(goal)) ?? 0) + 1);
  const isWhole = (goal: Goal): boolean => goal.need === 'evaluated' || never.get(spot(goal)) === 2;
  const merged: Goal[] = [];
  for (const goal of missed) {
    const inside = missed.some(
      (outer) =>
        isWhole(outer) &&
        outer.where === goal.where &&
        outer.start <= goal.start &&
        goal.end <= outer.end &&
        outer.end - outer.start > goal.end - goal.start,
    );
    if (inside) continue;
    const both = never.get(spot(goal)) === 2;
    if (both && goal.need === 'false') continue;
    merged.push(both ? { ...goal, missing: 'never evaluated' } : goal);
  }
  return merged;
}
