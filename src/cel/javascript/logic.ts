import type { LogicalNode, PlanNode, SelectNode } from '../plan/node.ts';
import type { Generator } from './generator.ts';
import { held, type Operand } from './operand.ts';
import { showsUnknown } from './unknown-shown.ts';

/** One term of a conjunction or disjunction, with the place that is blamed where it is no bool. */
interface Term {
  readonly node: PlanNode;
  readonly at: number;
}

/**
 * `a && b && ...`: the first term that decides ends it, whatever failed before; else the failures count, the first error
 * of them, or all unknowns. Nested operators of one kind are one, as merging failures does not mind the order of nesting.
 */
export function generateLogical(generator: Generator, node: LogicalNode): Operand {
  const { emit } = generator;
  const decisive = node.operator === '||';
  const terms = termsOf(node);
  const result = emit.temporary();
  const failure = emit.temporary();
  const done = emit.label();
  const start = emit.mark();
  let canFail = false;
  emit.block(done, () => {
    terms.forEach(({ node: term, at }, i) => {
      const last = i === terms.length - 1;
      const tested = presenceThatGoesOn(term, decisive);
      if (!last && tested !== undefined && showsUnknown(terms[i + 1]!.node, tested)) {
        generator.spokenFor.add(tested);
      }
      const [next, failed] = [emit.label(), emit.label()];
      emit.block(next, () => {
        emit.block(failed, () => {
          const test = emit.failingTo(last && !canFail ? emit.fail : failed, () => generator.bool(term, at));
          if (last && !canFail) {
            emit.line(`${result}=${test};`);
            return;
          }
          emit.line(`if(${decisive ? '' : '!'}(${test})){${emit.jump(done, `${result}=${decisive};`)}}`);
          if (!last) {
            if (failed.used) emit.leave(next);
            return;
          }
          emit.line(`if(${failure}===undefined){${emit.jump(done, `${result}=${!decisive};`)}}`);
          emit.line(`E=${failure};`);
          emit.leave(emit.fail);
        });
        if (!failed.used) return;
        if (last) {
          emit.line(`E=mergeFailures(${failure},E);`);
          emit.leave(emit.fail);
        } else {
          emit.line(canFail ? `${failure}=mergeFailures(${failure},E);` : `${failure}=E;`);
          canFail = true;
        }
      });
    });
  });
  if (canFail) emit.insert(start, `${failure}=undefined;`);
  return held(result, 'bool');
}

/** The test for presence that must hold for the next term to be reached; with `||` that is one that is negated. */
function presenceThatGoesOn(term: PlanNode, decisive: boolean): SelectNode | undefined {
  const test = decisive && term.kind === 'call' && term.function === '!_' ? term.args[0]! : term;
  if (decisive === (test === term)) return undefined;
  return test.kind === 'select' && test.test ? test : undefined;
}

function termsOf(node: LogicalNode): Term[] {
  const { left, right, operator, at } = node;
  return [left, right].flatMap((term) =>
    term.kind === 'logical' && term.operator === operator ? termsOf(term) : [{ node: term, at }],
  );
}
