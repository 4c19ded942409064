import type { Value } from '../value.ts';
import { quote } from './quote.ts';

/** A place to jump to: the end of a labelled block. */
export interface Label {
  readonly name: string;
  used: boolean;
  /** How many of the known loads have certainly happened on every way that leads here. */
  loads: number;
}

/** A property load whose result a temporary still holds. */
interface Load {
  readonly key: string;
  readonly temporary: string;
}

/** A loop that is being written. */
interface Loop {
  /** The place before it. */
  readonly before: number;
  /** The loads that were moved there, which do not depend on the round. */
  readonly loads: Load[];
  readonly code: string[];
}

/** Longer texts are handed over as constants and not written into the code. */
const longestLiteral = 200;

/**
 * Writes the statements of one function.
 *
 * Keeps count of what it will charge: charges of straight-line code pile up and are written as one addition wherever the
 * code forks, joins or leaves. Knows which property loads are already done where it stands, so that
 * `has(c.x) && c.x.y` loads `c.x` once, and moves loads that do not depend on a loop before it. Errors are jumps to the end of a labelled block, nothing is ever thrown.
 *
 * Names in the code: `t1` temporaries, `g1` variables of the activation, `k1` constants, `L1` labels, `c` the cost, `E` the
 * failure on its way, `y1` and `x1` what is remembered between evaluations.
 */
export class Emitter {
  /** Where a failure jumps to, with the failure in `E`. */
  fail: Label;
  readonly constants: unknown[] = [];
  readonly remembered: string[] = [];
  temporaries = 0;
  #lines: string[] = [];
  #labels = 0;
  #pending = 0;
  #dead = false;
  readonly #loads: Load[] = [];
  /** Labels that were jumped to and whose blocks go on. */
  readonly #awaited = new Set<Label>();
  readonly #loops: Loop[] = [];
  /** In how many loops a temporary gets its value; those of none are not in here. */
  readonly #depths = new Map<string, number>();
  readonly #names = new Map<unknown, string>();

  constructor() {
    this.fail = this.label();
  }

  /** The code written so far. */
  get code(): string {
    return this.#lines.join('\n');
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** A place in the code to write at later. */
  mark(): number {
    return this.#lines.push('') - 1;
  }

  /** Writes at a place that was marked. */
  insert(mark: number, text: string): void {
    this.#lines[mark] = text;
  }

  /** A new temporary; all are declared at the top of the function. */
  temporary(): string {
    return this.#temporaryAt(this.#loops.length);
  }

  #temporaryAt(depth: number): string {
    const name = `t${++this.temporaries}`;
    if (depth > 0) this.#depths.set(name, depth);
    return name;
  }

  /** A temporary that holds the value of an expression. */
  hold(code: string): string {
    const temporary = this.temporary();
    this.line(`${temporary}=${code};`);
    return temporary;
  }

  /** A variable that outlives an evaluation. */
  remember(prefix: string, initial: string): string {
    const name = `${prefix}${this.remembered.length}`;
    this.remembered.push(`${name}=${initial}`);
    return name;
  }

  /** Anything at all, handed over beside the code. */
  constant(value: unknown): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = `k${this.constants.length}`;
    this.constants.push(value);
    this.#names.set(value, name);
    return name;
  }

  /** A value as code. */
  literal(value: Value): string {
    if (value === null || typeof value === 'boolean') return String(value);
    // In parentheses, as a method may be called on it (`31.length` is no JavaScript).
    if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return `(${value})`;
    if (typeof value === 'string' && value.length <= longestLiteral) return quote(value);
    return this.constant(value);
  }

  /** Charges units on the way from here, whatever comes next. */
  charge(units: number): void {
    this.#pending += units;
  }

  /** Writes what is to be charged. */
  flush(): void {
    if (this.#pending !== 0 && !this.#dead) this.line(addition(this.#pending));
    this.#pending = 0;
  }

  label(): Label {
    return { name: `L${++this.#labels}`, used: false, loads: Infinity };
  }

  /** Jumps to a label from a side way, after `before`; the main way goes on. */
  jump(label: Label, before = ''): string {
    label.used = true;
    label.loads = Math.min(label.loads, this.#loads.length);
    this.#awaited.add(label);
    return `${before}${addition(this.#pending)}break ${label.name};`;
  }

  /** Jumps to a label; nothing that follows is reached before the next end of a block. */
  leave(label: Label): void {
    this.line(this.jump(label));
    this.#pending = 0;
    this.#dead = true;
  }

  /** Where `condition` holds the failure is what `code` says. */
  failIf(condition: string, code: string): void {
    this.line(`if(${condition}){${this.jump(this.fail, `E=${code};`)}}`);
  }

  /** What is inside may jump to the label, which is where the block ends. */
  block(label: Label, write: () => void): void {
    const start = this.#lines.push('') - 1;
    write();
    if (!label.used) return;
    this.flush();
    this.#lines[start] = `${label.name}:{`;
    this.line('}');
    this.#awaited.delete(label);
    this.#truncate(this.#dead ? label.loads : Math.min(label.loads, this.#loads.length));
    this.#dead = false;
  }

  /** Runs `write` with failures going to `label`. */
  failingTo<T>(label: Label, write: () => T): T {
    const outer = this.fail;
    this.fail = label;
    const result = write();
    this.fail = outer;
    return result;
  }

  /** `if (condition) ... else ...`. */
  fork(condition: string, whenTrue: () => void, whenFalse?: () => void): void {
    const pending = this.#pending;
    const loads = this.#loads.length;
    this.line(`if(${condition}){`);
    whenTrue();
    this.flush();
    const dead = this.#dead;
    this.#restart(pending, loads);
    this.line('}else{');
    whenFalse?.();
    this.flush();
    this.line('}');
    const alsoDead = this.#dead;
    this.#restart(0, loads);
    this.#dead = dead && alsoDead;
  }

  /** A loop; `head` is all between `for` and the body, `variables` are the temporaries that change with each round. */
  loop(head: string, variables: readonly string[], write: () => void): void {
    this.flush();
    const loop: Loop = { before: this.mark(), loads: [], code: [] };
    this.#loops.push(loop);
    for (const name of variables) this.#depths.set(name, this.#loops.length);
    const known = this.#loads.length;
    this.line(`for(${head}){`);
    write();
    this.flush();
    this.line('}');
    this.#restart(0, known);
    this.#loops.pop();
    this.insert(loop.before, loop.code.join(''));
    this.#loads.push(...loop.loads);
  }

  /**
   * A property load or something else without effects that depends on one temporary only; done once, and outside of the
   * loops that it does not depend on. Loads yield undefined where there is no such property.
   */
  load(key: string, base: string, code: string): string {
    const known = this.#known(key);
    if (known !== undefined) return known.temporary;
    const depth = this.#depths.get(base) ?? 0;
    const loop = this.#loops[depth];
    if (loop === undefined) return this.loadHere(key, code);
    const temporary = this.#temporaryAt(depth);
    loop.code.push(`${temporary}=${code};`);
    loop.loads.push({ key, temporary });
    return temporary;
  }

  /** A load that must happen where it is written, if it has not happened already. */
  loadHere(key: string, code: string): string {
    const known = this.#known(key);
    if (known !== undefined) return known.temporary;
    const temporary = this.hold(code);
    this.#loads.push({ key, temporary });
    return temporary;
  }

  /** Whether a temporary holds a load that has certainly happened. */
  isLoaded(temporary: string): boolean {
    const isIt = (load: Load): boolean => load.temporary === temporary;
    return this.#loads.some(isIt) || this.#loops.some(({ loads }) => loads.some(isIt));
  }

  #known(key: string): Load | undefined {
    for (const { loads } of this.#loops) {
      const moved = loads.find((load) => load.key === key);
      if (moved !== undefined) return moved;
    }
    return this.#loads.find((load) => load.key === key);
  }

  #restart(pending: number, loads: number): void {
    this.#pending = pending;
    this.#dead = false;
    this.#truncate(loads);
  }

  /** What is loaded from here on takes the places of what is forgotten, but has not happened where a label was jumped to before. */
  #truncate(length: number): void {
    if (length >= this.#loads.length) return;
    this.#loads.length = length;
    for (const label of this.#awaited) label.loads = Math.min(label.loads, length);
  }
}

function addition(units: number): string {
  if (units === 0) return '';
  return units > 0 ? `c+=${units};` : `c-=${-units};`;
}
