import { caseOrbit } from './case-folding.ts';
import type { CodePointSet } from './code-point-set.ts';
import { normalized } from './code-point-set.ts';
import type { Assertion, Node } from './syntax-tree.ts';

/** Instruction codes of a {@link Program}. */
export const opcode = { match: 0, character: 1, split: 2, assertion: 3 } as const;

/** Assertions as bits, so that the ones that hold at a place fit one number. */
export const assertionBit: Readonly<Record<Assertion, number>> = {
  'begin-text': 1,
  'end-text': 2,
  'begin-line': 4,
  'end-line': 8,
  'word-boundary': 16,
  'no-word-boundary': 32,
};

/**
 * A nondeterministic automaton. Instruction `i` is `codes[i]` with successor `next[i]` and operand `operands[i]`:
 * `character` the index into `sets`, `split` the second successor (tried after `next`), `assertion` the bit that
 * must hold. Groups leave no trace: only whole matches are asked for.
 */
export interface Program {
  readonly codes: Uint8Array;
  readonly next: Int32Array;
  readonly operands: Int32Array;
  readonly start: number;
  readonly sets: readonly CodePointSet[];
  /** Union of the assertion bits that occur. */
  readonly assertions: number;
  /** Whether every match begins at the start of the text. */
  readonly anchored: boolean;
}

/** Compiles a tree into an automaton whose first match by priority is the one that Go's `regexp` finds. */
export function compileProgram(root: Node): Program {
  const emitter = new Emitter();
  const match = emitter.emit(opcode.match, 0, 0);
  const start = emitter.node(root, match);
  return emitter.program(start);
}

/** Emits from the end of the pattern to its beginning: every node knows the instruction that follows it. */
class Emitter {
  readonly #codes: number[] = [];
  readonly #next: number[] = [];
  readonly #operands: number[] = [];
  readonly #sets: CodePointSet[] = [];
  readonly #setIndexes = new Map<string, number>();
  readonly #classIndexes = new Map<CodePointSet, number>();
  #assertions = 0;

  emit(code: number, next: number, operand: number): number {
    this.#codes.push(code);
    this.#next.push(next);
    return this.#operands.push(operand) - 1;
  }

  program(start: number): Program {
    const program = {
      codes: Uint8Array.from(this.#codes),
      next: Int32Array.from(this.#next),
      operands: Int32Array.from(this.#operands),
      start,
      sets: this.#sets,
      assertions: this.#assertions,
    };
    return { ...program, anchored: isAnchored(program) };
  }

  /** Emits `node` in front of `next` and returns its entry. */
  node(node: Node, next: number): number {
    switch (node.kind) {
      case 'empty':
        return next;
      case 'literal':
        return this.#literal(node.codePoints, node.fold, next);
      case 'class':
        return this.emit(opcode.character, next, this.#classIndex(node.set));
      case 'assertion':
        this.#assertions |= assertionBit[node.assertion];
        return this.emit(opcode.assertion, next, assertionBit[node.assertion]);
      case 'capture':
        return this.node(node.item, next);
      case 'sequence':
        return node.items.reduceRight((entry, item) => this.node(item, entry), next);
      case 'alternation':
        return this.#alternation(node.items, next);
      case 'optional':
        return this.#split(this.node(node.item, next), next, node.greedy);
      case 'star':
        return this.#star(node.item, next, node.greedy);
      case 'plus':
        return this.#plus(node.item, next, node.greedy);
      case 'repeat':
        return this.#repeat(node.item, node.min, node.max, node.greedy, next);
    }
  }

  #literal(codePoints: readonly number[], fold: boolean, next: number): number {
    let entry = next;
    for (let index = codePoints.length - 1; index >= 0; index--) {
      const codePoint = codePoints[index]!;
      const members = fold ? caseOrbit(codePoint) : [codePoint];
      entry = this.emit(opcode.character, entry, this.#membersIndex(members));
    }
    return entry;
  }

  #alternation(items: readonly Node[], next: number): number {
    const entries = items.map((item) => this.node(item, next));
    return entries.reduceRight((later, entry) => this.#split(entry, later, true));
  }

  #split(body: number, next: number, greedy: boolean): number {
    return greedy ? this.emit(opcode.split, body, next) : this.emit(opcode.split, next, body);
  }

  /** A loop over a nullable body is `(x+)?`: only so are the priorities of empty passes those of Perl and Go. */
  #star(item: Node, next: number, greedy: boolean): number {
    if (!item.nullable) return this.#loop(item, next, greedy).split;
    return this.#split(this.#plus(item, next, greedy), next, greedy);
  }

  #plus(item: Node, next: number, greedy: boolean): number {
    return this.#loop(item, next, greedy).body;
  }

  #loop(item: Node, next: number, greedy: boolean): { split: number; body: number } {
    const split = this.emit(opcode.split, next, next);
    const body = this.node(item, split);
    if (greedy) this.#next[split] = body;
    else this.#operands[split] = body;
    return { split, body };
  }

  /** `x{2,4}` is `xx(x(x)?)?`, `x{2,}` is `xx+`. */
  #repeat(item: Node, min: number, max: number, greedy: boolean, next: number): number {
    let entry = next;
    let copies = min;
    if (max < 0) {
      entry = min === 0 ? this.#star(item, next, greedy) : this.#plus(item, next, greedy);
      copies = Math.max(0, min - 1);
    }
    for (let count = min; count < max; count++) entry = this.#split(this.node(item, entry), next, greedy);
    for (let count = 0; count < copies; count++) entry = this.node(item, entry);
    return entry;
  }

  #classIndex(set: CodePointSet): number {
    let index = this.#classIndexes.get(set);
    if (index === undefined) {
      index = this.#setIndex(set);
      this.#classIndexes.set(set, index);
    }
    return index;
  }

  #membersIndex(members: readonly number[]): number {
    return this.#setIndex(normalized(members.flatMap((member) => [member, member])));
  }

  #setIndex(set: CodePointSet): number {
    const key = set.join();
    let index = this.#setIndexes.get(key);
    if (index === undefined) {
      index = this.#sets.push(set) - 1;
      this.#setIndexes.set(key, index);
    }
    return index;
  }
}

/** No character can be read unless the text begins here: only then no later start can match. */
function isAnchored(program: Pick<Program, 'codes' | 'next' | 'operands' | 'start'>): boolean {
  const seen = new Set<number>();
  const pending = [program.start];
  while (pending.length > 0) {
    const instruction = pending.pop()!;
    if (seen.has(instruction)) continue;
    seen.add(instruction);
    const code = program.codes[instruction];
    if (code === opcode.match || code === opcode.character) return false;
    if (code === opcode.assertion && program.operands[instruction] === assertionBit['begin-text']) continue;
    pending.push(program.next[instruction]!);
    if (code === opcode.split) pending.push(program.operands[instruction]!);
  }
  return true;
}
