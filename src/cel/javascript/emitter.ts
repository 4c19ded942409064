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

/** Longer texts are handed over as constants and not written into the code. */
const longestLiteral = 200;

/**
 * Writes the statements of one function.
 *
 * Keeps count of what it will charge: charges of straight-line code pile up and are written as one addition wherever the
 * code forks, joins or leaves. Knows which property loads are already done where it stands, so that
 * `has(c.x) && c.x.y` loads `c.x` once. Errors are jumps to the end of a labelled block, nothing is ever thrown.
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
  readonly #known = new Map<unknown, string>();

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
    return `t${++this.temporaries}`;
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
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const name = `k${this.constants.length}`;
    this.constants.push(value);
    this.#known.set(value, name);
    return name;
  }

  /** A value as code. */
  literal(value: Value): string {
    if (value === null || typeof value === 'boolean') return String(value);
    if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) {
      return value < 0 ? `(${value})` : String(value);
    }
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

  /** A loop; `head` is all between `for` and the body. */
  loop(head: string, write: () => void): void {
    this.flush();
    const loads = this.#loads.length;
    this.line(`for(${head}){`);
    write();
    this.flush();
    this.line('}');
    this.#restart(0, loads);
  }

  /** A property load, done once; undefined where there is none. */
  load(key: string, code: string): string {
    const known = this.#loads.find((load) => load.key === key);
    if (known !== undefined) return known.temporary;
    const temporary = this.hold(code);
    this.#loads.push({ key, temporary });
    return temporary;
  }

  #restart(pending: number, loads: number): void {
    this.#pending = pending;
    this.#dead = false;
    this.#truncate(loads);
  }

  #truncate(length: number): void {
    if (length < this.#loads.length) this.#loads.length = length;
  }
}

function addition(units: number): string {
  if (units === 0) return '';
  return units > 0 ? `c+=${units};` : `c-=${-units};`;
}
