import type { Library, Overload } from './library.ts';
import type { ParseOptions } from './syntax/parse.ts';
import { mergeMacros, type MacroSet } from './syntax/macro.ts';
import { dynType, type Type, typeType } from './type.ts';
import type { Value } from './value.ts';

/** A struct type and its fields, such as `kubernetes.AdmissionRequest`. */
export interface StructDeclaration {
  readonly name: string;
  readonly fields: Readonly<Record<string, Type>>;
  /** The type of fields that are not among them; without it there are none. */
  readonly others?: Type;
}

/** A name that denotes a value known at compile time, such as an enum's. */
export interface Constant {
  readonly type: Type;
  readonly value: Value;
}

/** What an environment adds to the one it extends; absent parts stay as they are. */
export interface EnvironmentOptions {
  /** The namespace in which names are looked up first; default none. */
  readonly container?: string;
  readonly libraries?: readonly Library[];
  readonly variables?: Readonly<Record<string, Type>>;
  readonly constants?: Readonly<Record<string, Constant>>;
  readonly structs?: readonly StructDeclaration[];
  /**
   * The name of a type whose values have fields of any name, each dyn; so have the types whose names start with it and a
   * dot (`Object`, `Object.spec`).
   */
  readonly openStruct?: string;
  readonly macros?: MacroSet;
  /** `a.?b`, `a[?b]`, `[?a]`, `{?k: v}`; default off. */
  readonly optionalSyntax?: boolean;
  /** Names between backticks; default off. */
  readonly escapedIdentifiers?: boolean;
  /** Refuses `[1, 'a']` and `{1: 2, 'a': 3}`; default off. */
  readonly homogeneousLiterals?: boolean;
  /** Allows `1 < 1.5`; default off. */
  readonly crossTypeComparisons?: boolean;
  /** Refuses literal durations, timestamps, regular expressions and format strings that are wrong; default off. */
  readonly literalValidation?: boolean;
  /** Where a name that is missing here exists: shown as a hint beside "undeclared reference". */
  readonly hints?: Hints;
}

/** Explains names that this environment lacks. */
export interface Hints {
  /** A sentence such as `needs Kubernetes >= 1.33`, or undefined when the name is known nowhere. */
  function(name: string): string | undefined;
}

/** What a name stands for. */
export interface Declaration {
  readonly name: string;
  readonly type: Type;
  readonly value?: Value;
}

/**
 * Everything an expression may refer to: variables, types, functions, macros, and the language's switches.
 *
 * Immutable; `extend` returns a new one and is cheap when it adds only variables and structs.
 */
export class Environment {
  readonly container: string;
  readonly macros: MacroSet;
  readonly optionalSyntax: boolean;
  readonly escapedIdentifiers: boolean;
  readonly homogeneousLiterals: boolean;
  readonly crossTypeComparisons: boolean;
  readonly literalValidation: boolean;
  readonly hints: Hints | undefined;
  private readonly functions: ReadonlyMap<string, readonly Overload[]>;
  private readonly declarations: ReadonlyMap<string, Declaration>;
  private readonly structs: ReadonlyMap<string, ReadonlyMap<string, Type>>;
  private readonly others: ReadonlyMap<string, Type>;
  private readonly openStruct: string | undefined;

  constructor(options: EnvironmentOptions = {}, base?: Environment) {
    this.container = options.container ?? base?.container ?? '';
    this.macros = mergeMacros(...[base?.macros, options.macros].filter((set) => set !== undefined));
    this.optionalSyntax = options.optionalSyntax ?? base?.optionalSyntax ?? false;
    this.escapedIdentifiers = options.escapedIdentifiers ?? base?.escapedIdentifiers ?? false;
    this.homogeneousLiterals = options.homogeneousLiterals ?? base?.homogeneousLiterals ?? false;
    this.crossTypeComparisons = options.crossTypeComparisons ?? base?.crossTypeComparisons ?? false;
    this.literalValidation = options.literalValidation ?? base?.literalValidation ?? false;
    this.hints = options.hints ?? base?.hints;
    this.functions = mergeFunctions(base?.functions, options.libraries);
    this.declarations = mergeDeclarations(base?.declarations, options);
    this.structs = mergeStructs(base?.structs, options.structs);
    this.others = new Map([...(base?.others ?? []), ...otherFields(options.structs)]);
    this.openStruct = options.openStruct ?? base?.openStruct;
  }

  /** An environment with more in it; a variable or struct of the same name is replaced. */
  extend(options: EnvironmentOptions): Environment {
    return new Environment(options, this);
  }

  /** How expressions of this environment are parsed. */
  get parseOptions(): ParseOptions {
    return {
      macros: this.macros,
      optionalSyntax: this.optionalSyntax,
      escapedIdentifiers: this.escapedIdentifiers,
    };
  }

  /** The variable, constant or type of exactly this name. */
  declaration(name: string): Declaration | undefined {
    const declared = this.declarations.get(name);
    if (declared !== undefined || !this.isOpen(name)) return declared;
    return { name, type: typeType({ kind: 'struct', name }) };
  }

  /** The overloads of the function of exactly this name, in the order of declaration. */
  overloads(name: string): readonly Overload[] | undefined {
    return this.functions.get(name);
  }

  /** The names of all functions. */
  functionNames(): string[] {
    return [...this.functions.keys()];
  }

  /** The names of all variables and constants and types. */
  names(): string[] {
    return [...this.declarations.keys()];
  }

  /** The declared fields of a struct type by name; undefined when it declares none, or there is no such type. */
  fields(struct: string): ReadonlyMap<string, Type> | undefined {
    return this.structs.get(struct);
  }

  /** The type of the fields of a struct that it does not declare; undefined when it has no others. */
  otherField(struct: string): Type | undefined {
    return this.isOpen(struct) ? dynType : this.others.get(struct);
  }

  private isOpen(struct: string): boolean {
    const { openStruct } = this;
    return openStruct !== undefined && (struct === openStruct || struct.startsWith(`${openStruct}.`));
  }
}

/** The overloads of one function in libraries, in the order of declaration; of two with one id the later. */
export function overloadsIn(libraries: readonly Library[], name: string): readonly Overload[] | undefined {
  let found: readonly Overload[] | undefined;
  for (const { overloads } of libraries) {
    for (const overload of overloads) if (overload.name === name) found = withOverload(found, overload);
  }
  return found;
}

function withOverload(known: readonly Overload[] = [], overload: Overload): readonly Overload[] {
  return [...known.filter(({ id }) => id !== overload.id), overload];
}

function mergeFunctions(
  base: ReadonlyMap<string, readonly Overload[]> = new Map(),
  libraries: readonly Library[] = [],
): ReadonlyMap<string, readonly Overload[]> {
  if (libraries.length === 0) return base;
  const merged = new Map(base);
  for (const overload of libraries.flatMap((library) => library.overloads)) {
    merged.set(overload.name, withOverload(merged.get(overload.name), overload));
  }
  return merged;
}

function mergeDeclarations(
  base: ReadonlyMap<string, Declaration> = new Map(),
  options: EnvironmentOptions,
): ReadonlyMap<string, Declaration> {
  const merged = new Map(base);
  for (const type of (options.libraries ?? []).flatMap((library) => library.types ?? [])) {
    const name = nameOf(type);
    merged.set(name, { name, type: typeType(type) });
  }
  for (const { name } of options.structs ?? []) {
    merged.set(name, { name, type: typeType({ kind: 'struct', name }) });
  }
  for (const [name, type] of Object.entries(options.variables ?? {})) merged.set(name, { name, type });
  for (const [name, constant] of Object.entries(options.constants ?? {})) {
    merged.set(name, { name, ...constant });
  }
  return merged;
}

function mergeStructs(
  base: ReadonlyMap<string, ReadonlyMap<string, Type>> = new Map(),
  structs: readonly StructDeclaration[] = [],
): ReadonlyMap<string, ReadonlyMap<string, Type>> {
  if (structs.length === 0) return base;
  const merged = new Map(base);
  for (const { name, fields } of structs) merged.set(name, new Map(Object.entries(fields)));
  return merged;
}

function otherFields(structs: readonly StructDeclaration[] = []): [string, Type][] {
  return structs.flatMap(({ name, others }): [string, Type][] =>
    others === undefined ? [] : [[name, others]],
  );
}

/** The name by which an expression refers to a type. */
function nameOf(type: Type): string {
  switch (type.kind) {
    case 'scalar':
    case 'opaque':
    case 'struct':
    case 'parameter':
      return type.name;
    default:
      return type.kind;
  }
}
