import { ALIAS, MAPPING, PLAIN, POP, SCALAR, SEQUENCE } from './grammar.ts';
import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from './grammar.ts';
import { Refusal } from './problem.ts';
import type { Problem } from './problem.ts';
import {
  isFloatText,
  keyText,
  readsOtherwise,
  readsOtherwiseReason,
  resolvePlain,
  resolveTagged,
} from './scalar.ts';
import type { Scalar } from './scalar.ts';
import { scalarText } from './scalar-text.ts';

/** What a document means: JSON values, where integers beyond 2^53 are bigint. */
export type Value = Scalar | Value[] | { [key: string]: Value };

/** A document's value and the warnings found on the way; spans count from the start of the text. */
export interface Built {
  readonly value: Value;
  readonly warnings: readonly Problem[];
}

/** Warnings beyond this many in one document are not collected: nobody reads them, and they cost memory. */
export const MAX_WARNINGS = 1000;

/**
 * Turns the events of one document into the value that the API server reads from the same text
 * (goyaml.v2 decode.go and sigs.k8s.io/yaml): merge keys, last of equal keys wins, keys become strings.
 * Throws {@link Refusal} where the server refuses. In `json`, escapes are JSON's.
 */
export function build(text: string, events: readonly Event[], maxDepth: number, json = false): Built {
  const builder = new Builder(text, events, maxDepth, json);
  return { value: builder.document(), warnings: builder.warnings };
}

class Builder {
  readonly warnings: Problem[] = [];
  private readonly text: string;
  private readonly events: readonly Event[];
  private readonly maxDepth: number;
  private next = 0;
  private depth = 0;
  /** Index of the event that carries an anchor, by name; redefinition moves it. */
  private anchors: Map<string, number> | undefined;
  /** What each alias event meant when it was first read. */
  private targets: Map<number, number> | undefined;
  private readonly open = new Set<number>();
  private decoded = 0;
  private aliased = 0;
  private tags: ReadonlyMap<string, string> | undefined;

  private readonly json: boolean;

  constructor(text: string, events: readonly Event[], maxDepth: number, json: boolean) {
    this.json = json;
    this.text = text;
    this.events = events;
    this.maxDepth = maxDepth;
  }

  document(): Value {
    const first = this.events[0];
    if (first === undefined) return null;
    this.next = 1;
    if (first.type === 1 && first.directives.length > 0) this.directives(first.directives);
    return this.node();
  }

  private directives(
    directives: readonly { kind: string; version?: string; handle?: string; prefix?: string }[],
  ): void {
    const tags = new Map<string, string>();
    for (const directive of directives) {
      if (directive.kind === 'tag') tags.set(directive.handle ?? '', directive.prefix ?? '');
      else if (directive.version !== '1.1') {
        const at = Math.max(this.text.indexOf('%YAML'), 0);
        throw new Refusal(at, lineEnd(this.text, at), 'found incompatible YAML document');
      }
    }
    this.tags = tags;
  }

  private node(): Value {
    const index = this.next++;
    const event = this.events[index]!;
    this.decoded++;
    if (this.open.size > 0) this.countAliased(event);
    switch (event.type) {
      case SCALAR:
        return this.scalar(event, index);
      case MAPPING:
        return this.collection(event, index);
      case SEQUENCE:
        return this.collection(event, index);
      case ALIAS:
        return this.alias(event, index);
      default:
        return null;
    }
  }

  /** goyaml.v2's bound on expansion: nearly everything may come from aliases in a small document, a tenth in a huge one. */
  private countAliased(event: Event): void {
    this.aliased++;
    if (this.aliased <= 100 || this.decoded <= 1000) return;
    const share = Math.min(Math.max((this.decoded - 400_000) / 3_600_000, 0), 1);
    if (this.aliased / this.decoded <= 0.99 - 0.89 * share) return;
    const [start, end] = spanOf(event);
    throw new Refusal(start, end, 'document contains excessive aliasing');
  }

  private scalar(event: ScalarEvent, index: number): Scalar {
    if (event.anchorStart !== -1) this.anchor(event.anchorStart, event.anchorEnd, index);
    const value = this.scalarValue(event);
    if (typeof value === 'number' && !Number.isFinite(value)) {
      const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
      throw new Refusal(event.valueStart, event.valueEnd, `json: unsupported value: ${name}`);
    }
    return value;
  }

  private scalarValue(event: ScalarEvent): Scalar {
    const text =
      event.fast && event.valueStart !== -1
        ? this.text.slice(event.valueStart, event.valueEnd)
        : scalarText(this.text, event, this.json);
    if (event.tagStart !== -1) {
      const tag = this.tag(event.tagStart, event.tagEnd);
      return tag === '!'
        ? text
        : resolveTagged(tag, text, event.tagStart, Math.max(event.valueEnd, event.tagEnd));
    }
    if (event.style !== PLAIN) return text;
    const value = resolvePlain(text);
    if (value !== text && value !== null && readsOtherwise(text, value))
      this.warnOtherwise(event, text, value);
    return value;
  }

  private warnOtherwise(event: ScalarEvent, text: string, value: Scalar): void {
    this.warn({
      start: event.valueStart,
      end: event.valueEnd,
      severity: 'warning',
      reason: readsOtherwiseReason(text, value),
    });
  }

  private collection(event: MappingEvent | SequenceEvent, index: number): Value {
    if (event.anchorStart !== -1) this.anchor(event.anchorStart, event.anchorEnd, index);
    if (++this.depth > this.maxDepth)
      throw new Refusal(event.start, event.start, `nesting is deeper than ${this.maxDepth} levels`);
    let value: Value;
    if (event.type === SEQUENCE) {
      const items: Value[] = [];
      while (this.events[this.next]!.type !== POP) items.push(this.node());
      value = items;
    } else {
      value = {};
      this.mapping(value, index);
    }
    this.next++;
    this.depth--;
    return value;
  }

  private mapping(into: Record<string, Value>, index: number): void {
    const { events } = this;
    for (;;) {
      const at = this.next;
      const event = events[at]!;
      if (event.type === POP) return;
      if (event.type === SCALAR && isMerge(this.text, event)) {
        this.next++;
        this.decoded++;
        this.merge(into);
        continue;
      }
      const key = this.key(event);
      const value = this.node();
      const before = into[key];
      if (before === undefined && key !== '__proto__') into[key] = value;
      else this.assignAgain(into, key, value, at, index);
    }
  }

  private key(event: Event): string {
    // The common key: plain, on one line, a string whatever its first letter.
    if (event.type === SCALAR && event.anchorStart === -1 && event.tagStart === -1) {
      this.next++;
      this.decoded++;
      if (this.open.size > 0) this.countAliased(event);
      const text =
        event.fast && event.valueStart !== -1
          ? this.text.slice(event.valueStart, event.valueEnd)
          : scalarText(this.text, event, this.json);
      if (event.style !== PLAIN) return text;
      const value = resolvePlain(text);
      if (value === text) return text;
      if (value !== null && readsOtherwise(text, value)) this.warnOtherwise(event, text, value);
      return this.keyOf(value, text, event);
    }
    return this.unusualKey(event);
  }

  private unusualKey(event: Event): string {
    const target = event.type === ALIAS ? this.events[this.target(event, this.next)]! : event;
    const [start, end] = spanOf(event);
    if (target.type !== SCALAR) throw new Refusal(start, end, `invalid map key: ${nameOf(target)}`);
    const key = event.type === ALIAS ? (this.node() as Scalar) : this.plainKey(event as ScalarEvent);
    return this.keyOf(key, scalarText(this.text, target, this.json), event);
  }

  /** A key may be infinite, where a value may not. */
  private plainKey(event: ScalarEvent): Scalar {
    if (event.anchorStart !== -1) this.anchor(event.anchorStart, event.anchorEnd, this.next);
    this.next++;
    this.decoded++;
    return this.scalarValue(event);
  }

  private keyOf(value: Scalar, text: string, event: Event): string {
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    const key = keyText(value, isNumber && isFloatText(text));
    if (key !== undefined) return key;
    const [start, end] = spanOf(event);
    const type = value === null ? '%!s(<nil>)' : 'uint64';
    throw new Refusal(start, end, `unsupported map key of type: ${type}`);
  }

  /** `key` may be in `into` already (or be a name that plain assignment would misread). */
  private assignAgain(
    into: Record<string, Value>,
    key: string,
    value: Value,
    at: number,
    index: number,
  ): void {
    if (Object.hasOwn(into, key)) {
      const first = this.earlierKey(key, at, index);
      const event = this.events[at]!;
      const [start, end] = spanOf(event);
      const related = first === undefined ? undefined : [{ start: spanOf(first)[0], end: spanOf(first)[1] }];
      if (
        first !== undefined &&
        event.type === SCALAR &&
        keyType(this.text, first) !== keyType(this.text, event)
      ) {
        // Two Go map keys that become one JSON key: the server takes either, at random. The first is as good as any.
        this.warn({
          start,
          end,
          severity: 'warning',
          reason: `this key and an earlier one both become "${key}"; which one Kubernetes keeps is chance`,
          related,
        });
        return;
      }
      this.warn({
        start,
        end,
        severity: 'warning',
        reason: duplicateReason(key),
        related,
      });
    }
    define(into, key, value);
  }

  /** The earlier key event of the same mapping that became `key`; absent where a merge brought it. */
  private earlierKey(key: string, before: number, mapping: number): ScalarEvent | undefined {
    let found: ScalarEvent | undefined;
    for (let i = mapping + 1; i < before; i = afterNode(this.events, afterNode(this.events, i))) {
      const event = this.events[i]!;
      if (event.type !== SCALAR || isMerge(this.text, event)) continue;
      if (keyName(this.text, event, this.json) === key) found = event;
    }
    return found;
  }

  /** `<<`: the maps' entries are set here and now, over earlier keys; of a list of maps the first wins. */
  private merge(into: Record<string, Value>): void {
    const start = this.next;
    const event = this.events[start]!;
    const kind = this.mergeKind(event, start);
    if (kind === MAPPING) {
      this.mergeOne(into);
      return;
    }
    if (event.type !== SEQUENCE) throw wantMap(event);
    if (event.anchorStart !== -1) this.anchor(event.anchorStart, event.anchorEnd, start);
    const maps: Record<string, Value>[] = [];
    this.next++;
    while (this.events[this.next]!.type !== POP) {
      const item = this.events[this.next]!;
      if (this.mergeKind(item, this.next) !== MAPPING) throw wantMap(item);
      const one = {};
      this.mergeOne(one);
      maps.push(one);
    }
    this.next++;
    for (const one of maps.reverse()) for (const key of Object.keys(one)) define(into, key, one[key]!);
  }

  private mergeKind(event: Event, index: number): number {
    if (event.type !== ALIAS) return event.type;
    const target = this.events[this.target(event, index)]!;
    if (target.type !== MAPPING) throw wantMap(event);
    return MAPPING;
  }

  private mergeOne(into: Record<string, Value>): void {
    const value = this.node() as Record<string, Value>;
    for (const key of Object.keys(value)) define(into, key, value[key]!);
  }

  private anchor(start: number, end: number, index: number): void {
    if (this.open.size > 0) return; // read a second time through an alias: nothing new
    this.anchors ??= new Map();
    this.anchors.set(this.text.slice(start, end), index);
  }

  private target(event: AliasEvent, index: number): number {
    const known = this.targets?.get(index);
    if (known !== undefined) return known;
    const name = this.text.slice(event.anchorStart, event.anchorEnd);
    const target = this.anchors?.get(name);
    if (target === undefined)
      throw new Refusal(event.anchorStart, event.anchorEnd, `unknown anchor '${name}' referenced`);
    this.targets ??= new Map();
    this.targets.set(index, target);
    return target;
  }

  /** Reads the anchored node again, so that no two places share an object and every copy is counted. */
  private alias(event: AliasEvent, index: number): Value {
    const target = this.target(event, index);
    if (this.open.has(index)) {
      const name = this.text.slice(event.anchorStart, event.anchorEnd);
      throw new Refusal(event.anchorStart, event.anchorEnd, `anchor '${name}' value contains itself`);
    }
    const resume = this.next;
    this.open.add(index);
    this.next = target;
    const value = this.node();
    this.open.delete(index);
    this.next = resume;
    return value;
  }

  private tag(start: number, end: number): string {
    return fullTag(this.text.slice(start, end), this.tags);
  }

  private warn(problem: Problem): void {
    // Content read again through an alias has had its warnings.
    if (this.open.size === 0 && this.warnings.length < MAX_WARNINGS) this.warnings.push(problem);
  }
}

/** True for a plain `<<` (or `!!merge <<`) in key position. */
export function isMerge(text: string, event: ScalarEvent): boolean {
  return (
    event.valueEnd - event.valueStart === 2 &&
    event.style === PLAIN &&
    text.charCodeAt(event.valueStart) === 60 &&
    text.charCodeAt(event.valueStart + 1) === 60
  );
}

/** The JSON key that a scalar in key position becomes; undefined where it cannot be one. */
export function keyName(text: string, event: ScalarEvent, json: boolean): string | undefined {
  const written = scalarText(text, event, json);
  if (event.style !== PLAIN || event.tagStart !== -1) return written;
  const value = resolvePlain(written);
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  return keyText(value, isNumber && isFloatText(written));
}

/** What Go's map would hold for a key: `1` and `"1"` are different there, and one key in JSON. */
export function keyType(text: string, event: ScalarEvent): string {
  if (event.style !== PLAIN || event.tagStart !== -1) return 'string';
  const written = scalarText(text, event);
  const value = resolvePlain(written);
  if (typeof value !== 'number' && typeof value !== 'bigint') return typeof value;
  return isFloatText(written) ? 'float' : 'int';
}

/** Index of the event after the whole node that begins at `index`. */
export function afterNode(events: readonly Event[], index: number): number {
  let depth = 0;
  let i = index;
  do {
    const { type } = events[i++]!;
    if (type === MAPPING || type === SEQUENCE) depth++;
    else if (type === POP) depth--;
  } while (depth > 0);
  return i;
}

/** What to tell about the second of two equal keys. */
export function duplicateReason(key: string): string {
  return `key "${key}" already set in map; Kubernetes keeps the last`;
}

/** Sets a data property whatever its name: `__proto__` is a key like any other in a file. */
export function define(into: Record<string, Value>, key: string, value: Value): void {
  if (key === '__proto__')
    Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
  else into[key] = value;
}

/** Full name of a tag as written: `!!int` and `!<tag:yaml.org,2002:int>` are one; `!` alone stays. */
export function fullTag(written: string, handles: ReadonlyMap<string, string> | undefined): string {
  if (written.startsWith('!<')) return written.slice(2, -1);
  const end = written.indexOf('!', 1) + 1;
  const handle = written.slice(0, Math.max(end, 1));
  const prefix = handles?.get(handle) ?? (handle === '!!' ? 'tag:yaml.org,2002:' : undefined);
  return prefix === undefined ? written : prefix + written.slice(handle.length);
}

function wantMap(event: Event): Refusal {
  const [start, end] = spanOf(event);
  return new Refusal(start, end, 'map merge requires map or sequence of maps as the value');
}

function nameOf(event: Event): string {
  return event.type === SEQUENCE ? 'a list' : 'a map (braces around a template need quotes)';
}

function spanOf(event: Event): [number, number] {
  switch (event.type) {
    case SCALAR:
      if (event.valueStart !== -1) return [event.valueStart, event.valueEnd];
      return [Math.max(event.tagStart, event.anchorStart, 0), Math.max(event.tagEnd, event.anchorEnd, 0)];
    case MAPPING:
    case SEQUENCE:
      return [event.start, event.start];
    case ALIAS:
      return [event.anchorStart, event.anchorEnd];
    default:
      return [0, 0];
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.slice(from).search(/[\r\n]/);
  return end === -1 ? text.length : from + end;
}
