import type {
  CallNode,
  IndexNode,
  LogicalNode,
  MacroNode,
  MapNode,
  OrElseNode,
  Plan,
  PlanNode,
  SelectNode,
} from '../plan/node.ts';
import { matches } from '../standard/strings.ts';
import { CelError, Optional } from '../value.ts';
import {
  always,
  at,
  constant,
  either,
  type Extract,
  fixedStrings,
  fixedTexts,
  fixedValue,
  isFixed,
  isMap,
  listOf,
  made,
  nothing,
  optionalOf,
  type Scalar,
  unwrapped,
} from './extract.ts';
import { type Place, Readings, type StringTest } from './place.ts';

/** What an expression can see of its variables, and what its value is a part of. */
export interface Footprint {
  readonly readings: Readings;
  readonly value: Extract;
}

/** The variables of an expression. */
export interface FootprintScope {
  /** Undefined for what is not to be followed. */
  variable(name: string): Extract | undefined;
  /** What stands at a place in all evaluations to come. */
  known(place: Place): Scalar | undefined;
  /** `variables.name`. */
  computed(name: string): Footprint | undefined;
}

/**
 * Everything that decides the value of an expression, or that it has none: two evaluations for which the same is found at
 * these places come out the same but for the words of an error and, where texts are searched, the cost of that. It may name
 * too much, never too little; undefined where that cannot be told.
 *
 * Works on the plan, so what the evaluator reads is what is followed.
 */
export function footprintOf({ root }: Plan, scope: FootprintScope): Footprint | undefined {
  const reader = new Reader(scope);
  const value = reader.read(root);
  return reader.lost ? undefined : { readings: reader.readings, value };
}

/** Notes that all of a value decides. */
export function consume({ places, inner }: Extract, readings: Readings): void {
  for (const place of places) readings.add(place, 'whole');
  if (inner !== undefined) consume(inner, readings);
}

/** Nodes of a plan that are looked at; a node in macros over constants counts each time. */
const mostSteps = 20_000;

class Reader {
  readonly readings = new Readings();
  /** Whether something was read that has no place. */
  lost = false;
  private readonly scope: FootprintScope;
  private readonly locals = new Map<number, Extract>();
  private left = mostSteps;

  constructor(scope: FootprintScope) {
    this.scope = scope;
  }

  read(node: PlanNode): Extract {
    if (--this.left < 0) this.lost = true;
    if (this.lost) return nothing;
    switch (node.kind) {
      case 'constant':
        return constant(node.value);
      case 'variable':
        return node.local ? this.locals.get(node.slot)! : this.global(node.name);
      case 'select':
        return this.select(node);
      case 'index':
        return this.index(node);
      case 'call':
        return this.call(node);
      case 'logical':
        return this.logical(node);
      case 'conditional': {
        const { known } = this.use(node.condition);
        if (known === true) return this.read(node.whenTrue);
        if (known === false) return this.read(node.whenFalse);
        return either(this.read(node.whenTrue), this.read(node.whenFalse));
      }
      case 'membership': {
        const element = this.read(node.element);
        const texts = node.values.filter((value) => typeof value === 'string');
        if (element.known !== undefined) return always(node.values.includes(element.known));
        this.test(element, membershipOf(texts));
        return nothing;
      }
      case 'or-else':
        return this.orElse(node);
      case 'list':
        return made(node.elements.map(({ value }) => this.read(value)));
      case 'map':
        return this.map(node);
      case 'struct':
        for (const { value } of node.fields) this.use(value);
        return nothing;
      case 'macro':
        return this.macro(node);
    }
  }

  /** Notes that a value decides by one question only, if it is a string; anything else decides as it is. */
  private test({ places, inner }: Extract, test: StringTest): void {
    for (const place of places) this.readings.addTest(place, test);
    if (inner !== undefined) consume(inner, this.readings);
  }

  private map({ entries }: MapNode): Extract {
    const values = entries.map(({ key, value }) => {
      this.use(key);
      return this.read(value);
    });
    const extract = made(values);
    const names = entries.map(({ key, optional }) =>
      key.kind === 'constant' && typeof key.value === 'string' && !optional ? key.value : undefined,
    );
    if (names.includes(undefined) || new Set(names).size < names.length) return extract;
    return { ...extract, entries: new Map(names.map((name, i) => [name!, values[i]!])) };
  }

  private use(node: PlanNode): Extract {
    const value = this.read(node);
    consume(value, this.readings);
    return value;
  }

  /** What stands behind an operand that decides alone is never evaluated. */
  private logical({ operator, left, right }: LogicalNode): Extract {
    const decides = operator === '||';
    const first = this.use(left);
    if (first.known === decides) return first;
    const second = this.use(right);
    return first.known === undefined ? nothing : second;
  }

  private orElse({ left, right, unwrap }: OrElseNode): Extract {
    const first = this.read(left);
    const known = first.constant;
    if (!(known instanceof Optional)) return either(first, this.read(right));
    if (known.value === undefined) return this.read(right);
    return unwrap ? constant(known.value) : first;
  }

  private global(name: string): Extract {
    const value = this.scope.variable(name);
    if (value === undefined) this.lost = true;
    return value ?? nothing;
  }

  private select({ operand, field, test, optional }: SelectNode): Extract {
    if (operand.kind === 'variable' && !operand.local && operand.name === 'variables' && !test && !optional)
      return this.computed(field);
    const from = this.read(operand);
    const value = this.field(from, field);
    if (test) return nothing;
    return optional ? optionalOf(value, from) : value;
  }

  private computed(name: string): Extract {
    const footprint = this.scope.computed(name);
    if (footprint === undefined) {
      this.lost = true;
      return nothing;
    }
    this.readings.addAll(footprint.readings);
    return footprint.value;
  }

  private field({ places, inner, entries, constant: fixed }: Extract, name: string): Extract {
    if (fixed !== undefined)
      return isMap(fixed) && Object.hasOwn(fixed, name) ? constant(fixed[name]!) : nothing;
    const entry = places.size === 0 ? entries?.get(name) : undefined;
    if (entry !== undefined) return entry;
    const fields = [...places].map((place) => place.field(name));
    const known = fields.length === 1 && inner === undefined ? this.scope.known(fields[0]!) : undefined;
    if (known !== undefined) return always(known);
    for (const field of fields) this.readings.add(field, 'presence');
    // Of a map that the expression builds it may be any of the values.
    return either(at(fields), inner ?? nothing);
  }

  private index({ operand, key, optional }: IndexNode): Extract {
    const from = this.read(operand);
    const { known } = this.use(key);
    if (typeof known !== 'string') return optional ? unwrapped(this.anyOf(from)) : this.anyOf(from);
    const found = this.field(from, known);
    return optional ? optionalOf(found, from) : found;
  }

  private anyOf(from: Extract): Extract {
    const oneOf = fixedTexts(from.constant);
    return oneOf === undefined ? this.elements(from, 'entries') : { ...nothing, oneOf };
  }

  /** Any of the elements, of which there are as many as there are. */
  private elements(from: Extract, kind: 'items' | 'entries'): Extract {
    this.shape(from);
    return either(at([...from.places].map((place) => place[kind]())), from.inner ?? nothing);
  }

  private shape({ places }: Extract): void {
    for (const place of places) this.readings.add(place, 'shape');
  }

  private call(node: CallNode): Extract {
    const { function: name, args } = node;
    const values = args.map((arg) => this.read(arg));
    const folded = foldedCall(node, values);
    if (folded !== undefined) return folded;
    const [first, second] = values as [Extract, Extract];
    switch (name) {
      case 'optional.of':
        if (args.length === 1 && !isFixed(first)) return first;
        break;
      case 'dyn':
      case 'value':
        if (args.length === 1) return first;
        break;
      case 'hasValue':
        // Whether there is a value was noted where it was selected; what it is was not asked.
        if (args.length === 1) return nothing;
        break;
      case 'size':
        if (args.length === 1) return (this.shape(first), nothing);
        break;
      case '_+_':
        this.shape(first);
        this.shape(second);
        return either(first, second);
      case '_==_':
      case '_!=_':
        return this.equality(first, second, name === '_==_');
      case '!_':
        consume(first, this.readings);
        return typeof first.known === 'boolean' ? always(!first.known) : nothing;
      case 'startsWith':
      case 'endsWith':
      case 'contains':
      case 'matches':
        if (args.length === 2 && typeof second.known === 'string' && isCheapToAsk(name, second.known)) {
          this.test(first, question(name, second.known));
          return nothing;
        }
        break;
      case '@in':
        return this.membership(first, second);
    }
    for (const value of values) consume(value, this.readings);
    return nothing;
  }

  /** Of a list all decides, which whoever looks at a field of it has to take into account. */
  private membership(element: Extract, { places, inner, ...range }: Extract): Extract {
    const texts = Array.isArray(range.constant)
      ? range.constant.filter((one) => typeof one === 'string')
      : undefined;
    if (element.known !== undefined && typeof element.known === 'string' && inner === undefined) {
      this.field({ places, inner }, element.known);
    } else if (texts !== undefined) {
      this.test(element, membershipOf(texts));
    } else {
      consume(element, this.readings);
      for (const place of places) this.readings.add(place, 'members');
      if (inner !== undefined) consume(inner, this.readings);
    }
    return nothing;
  }

  private equality(left: Extract, right: Extract, isEqual: boolean): Extract {
    if (left.known !== undefined && right.known !== undefined)
      return always((left.known === right.known) === isEqual);
    const [open, known] = left.known === undefined ? [left, right.known] : [right, left.known];
    if (typeof known === 'string') {
      this.test(open, membershipOf([known]));
      return nothing;
    }
    const [other, { oneOf }] = left.oneOf === undefined ? [left, right] : [right, left];
    if (oneOf !== undefined) {
      for (const text of oneOf) this.test(other, membershipOf([text]));
      return nothing;
    }
    // Whether it is null is part of its presence.
    if (known === null && open.inner === undefined) {
      for (const place of open.places) this.readings.add(place, 'presence');
      return nothing;
    }
    consume(left, this.readings);
    consume(right, this.readings);
    return nothing;
  }

  private unrolled({ name, slots, filter, body }: MacroNode, fixed: readonly string[]): Extract {
    const bodies = fixed.map((one) => {
      this.locals.set(slots[0]!, always(one));
      if (filter !== undefined) this.use(filter);
      return name === 'map' ? this.read(body) : this.use(body);
    });
    if (name === 'map') return filter === undefined ? listOf(bodies) : made(bodies);
    const answers = bodies.map(({ known }) => known);
    if (!answers.every((answer) => typeof answer === 'boolean')) return nothing;
    switch (name) {
      case 'all':
        return always(!answers.includes(false));
      case 'exists':
        return always(answers.includes(true));
      case 'filter':
        return constant(fixed.filter((_, i) => answers[i]));
      default:
        return nothing;
    }
  }

  private macro(node: MacroNode): Extract {
    const range = this.read(node.range);
    const { name, slots, filter, body } = node;
    if (name === 'optMap' || name === 'optFlatMap') {
      this.locals.set(slots[0]!, unwrapped(range));
      // Whether there is a value at all is for the range to say, so that even a constant is none here.
      const { places, inner } = this.read(body);
      return { places, inner };
    }
    const fixed = slots.length === 1 ? fixedStrings(range) : undefined;
    if (fixed !== undefined) return this.unrolled(node, fixed);
    const element = this.elements(range, slots.length === 1 ? 'items' : 'entries');
    // The first of two variables is a list's index or a map's key: part of the shape. So is a map's key where there is one.
    if (slots.length === 2) this.locals.set(slots[0]!, nothing);
    this.locals.set(slots.at(-1)!, element);
    if (filter !== undefined) this.use(filter);
    switch (name) {
      case 'all':
      case 'exists':
      case 'exists_one':
        this.use(body);
        return nothing;
      case 'filter':
        this.use(body);
        // Fewer of the same elements, or some of the keys.
        return { places: range.places, inner: range.inner };
      case 'map':
      case 'transformList':
      case 'transformMap':
        return made([this.read(body)]);
      default:
        consume(range, this.readings);
        this.use(body);
        return nothing;
    }
  }
}

/** Texts up to this length may get the same answer to a question, whatever their lengths: longer ones decide as they are. */
export const longestTested = 256;

/** The longest text that is asked for in others as a question: the cost of that is the product of both lengths. */
const longestContained = 40;

/**
 * How many times as much an evaluation may cost at most as one that reads the same: of questions about texts only the answers
 * are read, and a text of `longestTested` costs 26 units where an empty one costs none; `contains` costs four times as much. One
 * unit is charged for the text itself.
 */
export const mostTimesDearer: number =
  1 + Math.ceil((longestTested + 1) / 10) * Math.ceil(longestContained / 10);

function isCheapToAsk(name: string, asked: string): boolean {
  return name !== 'contains' || asked.length <= longestContained;
}

function question(name: 'startsWith' | 'endsWith' | 'contains' | 'matches', asked: string): StringTest {
  const holds = {
    startsWith: (text: string) => text.startsWith(asked),
    endsWith: (text: string) => text.endsWith(asked),
    contains: (text: string) => text.includes(asked),
    // A pattern that is none fails for every text.
    matches: (text: string) => matches(text, asked) === true,
  }[name];
  return { key: `${name} ${asked}`, holds };
}

function membershipOf(texts: readonly string[]): StringTest {
  return { key: `in ${JSON.stringify(texts)}`, holds: (text) => texts.includes(text) };
}

/** What a call makes of constants. */
function foldedCall({ invoke }: CallNode, args: readonly Extract[]): Extract | undefined {
  const values = args.map(fixedValue);
  if (args.length === 0 || !values.every((value) => value !== undefined)) return undefined;
  const result = invoke(...values);
  return result instanceof CelError ? nothing : constant(result);
}
