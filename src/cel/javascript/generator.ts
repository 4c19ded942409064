import { settles } from '../closure/logic.ts';
import { isOptionalChain } from '../plan/chain.ts';
import type { ConditionalNode, MembershipNode, OrElseNode, PlanNode, VariableNode } from '../plan/node.ts';
import type { Value } from '../value.ts';
import { generateIndex, generateSelect, missing, presentChain } from './attribute.ts';
import { generateCall } from './call.ts';
import type { EvaluateActivation } from './compile.ts';
import { Emitter } from './emitter.ts';
import { generateList, generateMap, generateStruct } from './literal.ts';
import { generateLogical } from './logic.ts';
import { generateMacro } from './macro.ts';
import { condition, held, kindOf, type Kind, type Operand } from './operand.ts';

/** A plain object whose keys a macro runs over: its node, and the temporary that holds it. */
export interface Keys {
  readonly range: PlanNode;
  readonly load: string;
}

/** A variable of a macro, as the code knows it. */
export interface Local {
  readonly code: string;
  readonly kind: Kind;
  readonly failure: boolean;
  /** Of a variable that runs over the keys of a plain object: where this comes from. */
  readonly keysOf?: Keys;
  /** The temporary with what reading it for the first time costs. */
  readonly deferred?: string;
}

/** Turns the nodes of a plan into code, each after its operands. */
export class Generator {
  readonly emit = new Emitter();
  /** The variables of the activation that the code reads, by slot. */
  readonly globals = new Map<number, VariableNode>();
  /** The tests for presence after which something else fails with what is not known: see `showsUnknown`. */
  readonly spokenFor = new Set<PlanNode>();
  /** The sizes that are only compared, and the number with which. */
  readonly comparedWith = new Map<PlanNode, number>();
  readonly #locals = new Map<number, Local>();
  readonly #otherwise: EvaluateActivation;

  /** `otherwise` does a whole evaluation in another way. */
  constructor(otherwise: EvaluateActivation) {
    this.#otherwise = otherwise;
  }

  /** The code of a node, and the operand that stands for its value; failures go to `emit.fail`, or are the value. */
  value(node: PlanNode): Operand {
    switch (node.kind) {
      case 'constant':
        return this.constant(node.value);
      case 'variable':
        return this.variable(node);
      case 'select':
        return generateSelect(this, node);
      case 'index':
        return generateIndex(this, node);
      case 'call':
        return generateCall(this, node);
      case 'logical':
        return generateLogical(this, node);
      case 'conditional':
        return this.#conditional(node);
      case 'membership':
        return this.#membership(node);
      case 'or-else':
        return this.#orElse(node);
      case 'list':
        return generateList(this, node);
      case 'map':
        return generateMap(this, node);
      case 'struct':
        return generateStruct(this, node);
      case 'macro':
        return generateMacro(this, node);
    }
  }

  constant(value: Value): Operand {
    return {
      code: this.emit.literal(value),
      kind: kindOf(value),
      failure: false,
      atomic: true,
      constant: { value },
    };
  }

  /** A value in a place where it can be looked at more than once. */
  atom(node: PlanNode): Operand {
    return this.hold(this.value(node));
  }

  hold(operand: Operand): Operand {
    return operand.atomic ? operand : { ...operand, code: this.emit.hold(operand.code), atomic: true };
  }

  /** A value that is certainly no failure. */
  certain(node: PlanNode): Operand {
    return this.pass(this.atom(node));
  }

  /** Passes a failure on. */
  pass(operand: Operand): Operand {
    if (!operand.failure) return operand;
    const { code } = operand;
    this.emit.failIf(`${code} instanceof Failure`, code);
    return { ...operand, failure: false };
  }

  /** A value or its failure: nothing in it goes to `emit.fail`. */
  caught(node: PlanNode): Operand {
    const { emit } = this;
    const [done, failed] = [emit.label(), emit.label()];
    let result: Operand | undefined;
    emit.block(done, () => {
      emit.block(failed, () => {
        const operand = emit.failingTo(failed, () => this.atom(node));
        if (!failed.used) {
          result = operand;
          return;
        }
        result = held(emit.hold(operand.code), operand.kind, true, operand.load);
        emit.leave(done);
      });
      if (failed.used) emit.line(`${result!.code}=E;`);
    });
    // A caught failure is of no kind.
    return failed.used ? { ...result!, kind: 'any' } : result!;
  }

  /** A value that is certainly a bool, as a condition. */
  bool(node: PlanNode, at: number): string {
    const operand = this.value(node);
    if (operand.kind === 'bool' && !operand.failure) return operand.code;
    const { code } = this.hold(operand);
    this.emit.failIf(`typeof ${code}!=='boolean'`, `notBool(${code},${at})`);
    return code;
  }

  /** A call has come to a result: its failure goes on. */
  result(code: string, kind: Kind): Operand {
    const test = kind === 'bool' ? `typeof ${code}!=='boolean'` : `${code} instanceof Failure`;
    this.emit.failIf(test, code);
    return held(code, kind);
  }

  /** Makes a macro's variable known. */
  bind(slot: number, local: Local): void {
    this.#locals.set(slot, local);
  }

  /** The temporary with what the first reading of a macro's variable costs; undefined where no reading costs more. */
  deferred(slot: number): string | undefined {
    return this.#locals.get(slot)?.deferred;
  }

  /** The plain object whose keys a variable runs over; undefined where it runs over anything else. */
  keysOf(key: PlanNode): Keys | undefined {
    return key.kind === 'variable' && key.local ? this.#locals.get(key.slot)!.keysOf : undefined;
  }

  /** Gives up: the rest of the evaluation, and what has been done of it, is done by closures. */
  giveUp(): string {
    return `return ${this.emit.constant(this.#otherwise)}(A);`;
  }

  /** A variable: charged, but not looked at. */
  variable(node: VariableNode): Operand {
    const { emit } = this;
    const operand = this.root(node);
    if (node.local) {
      if (node.type.kind !== 'opaque') return operand;
      return held(emit.hold(`settledResult(${operand.code})`), 'any', true);
    }
    emit.failIf(`${operand.code}===undefined`, emit.constant(missing(node)));
    return operand;
  }

  /** A variable as it is; undefined where the activation has none. */
  root(node: VariableNode): Operand {
    const { emit } = this;
    emit.charge(node.charge);
    if (!node.local) {
      this.globals.set(node.slot, node);
      return held(`g${node.slot}`, 'any', true);
    }
    const local = this.#locals.get(node.slot)!;
    if (local.deferred !== undefined) emit.line(`c+=${local.deferred};${local.deferred}=0;`);
    return held(local.code, local.kind, local.failure);
  }

  /** What an expression whose value is optional holds: a temporary that is undefined for none, and may be a failure. */
  present(node: PlanNode): string {
    if (isOptionalChain(node)) return presentChain(this, node);
    return this.emit.hold(`unwrap(${this.atom(node).code})`);
  }

  #conditional({ condition, whenTrue, whenFalse, at }: ConditionalNode): Operand {
    const { emit } = this;
    const test = this.bool(condition, at);
    const result = emit.temporary();
    const branches: Operand[] = [];
    const branch = (node: PlanNode): void => {
      const operand = this.value(node);
      branches.push(operand);
      emit.line(`${result}=${settles(node) ? `settledResult(${operand.code})` : operand.code};`);
    };
    emit.fork(
      test,
      () => branch(whenTrue),
      () => branch(whenFalse),
    );
    const [a, b] = branches as [Operand, Operand];
    return held(result, a.kind === b.kind ? a.kind : 'any', a.failure || b.failure);
  }

  #membership({ element, values }: MembershipNode): Operand {
    const { code } = this.certain(element);
    if (values.length <= 16 && values.every((value) => typeof value === 'string')) {
      return condition(`(${values.map((value) => `${code}===${this.emit.literal(value)}`).join('||')})`);
    }
    return condition(`containsValue(${code},${this.emit.constant(values)})`);
  }

  #orElse({ left, right, unwrap }: OrElseNode): Operand {
    const { emit } = this;
    if (unwrap && left.type.kind === 'opaque') {
      const result = emit.hold(this.present(left));
      emit.fork(`${result}===undefined`, () => emit.line(`${result}=${this.value(right).code};`));
      return held(result, 'any', true);
    }
    const { code } = this.atom(left);
    const result = emit.hold(code);
    emit.fork(`${code} instanceof Optional`, () => {
      emit.fork(
        `${code}.value===undefined`,
        () => emit.line(`${result}=${this.value(right).code};`),
        unwrap ? () => emit.line(`${result}=${code}.value;`) : undefined,
      );
    });
    return held(result, 'any', true);
  }
}
