import type * as celLibrary from '../../src/cel/index.ts';
import type { kubernetesEnvironment } from '../../src/cel/kubernetes/environment.ts';

/** The library as it is loaded, from source or from a bundle: values are told apart by the classes of that one. */
export type Library = typeof celLibrary & { readonly kubernetesEnvironment: typeof kubernetesEnvironment };

/** Expressions and the object they are evaluated with. */
export interface Questions {
  readonly expressions: readonly string[];
  readonly object: celLibrary.Value;
  /** Modules that print something. */
  readonly examples: readonly string[];
}

/** Everything that can be told of an expression, as text: the refusal, or value, cost and origin in each back end. */
export function answersTo({ expressions, object }: Questions, library: Library): string[] {
  const environment = library.kubernetesEnvironment('1.37', { mode: 'stored', hasParams: true });
  return expressions.map((text) => {
    const compiled = library.compile(text, environment);
    if ('issues' in compiled) return `refused: ${compiled.message}`;
    const { plan, type } = compiled.program;
    const activation = { object, params: new library.Unknown(['params']) };
    const ways = (['closures', 'generated'] as const).map((backEnd) => {
      const result = new library.Program(text, type, plan, backEnd).evaluate(activation);
      return `${backEnd}: ${told(result, library)} for ${library.lastCost()}`;
    });
    const { result, cost, paths } = compiled.program.explain(activation);
    const from = paths.map((path) => path.join('.')).join(' ');
    return [...ways, `explain: ${told(result, library)} for ${cost} from ${from}`].join('\n');
  });
}

/** A result as text that is the same wherever it was computed. */
function told(result: celLibrary.Result, library: Library): string {
  if (result instanceof library.CelError) return `error ${result.message} at ${result.offset}`;
  if (result instanceof library.Unknown) return `unknown ${result.attributes.join(' ')}`;
  if (Array.isArray(result))
    return `[${(result as celLibrary.Value[]).map((one) => told(one, library)).join(', ')}]`;
  if (result instanceof library.Opaque) return result.typeName;
  if (result instanceof library.Optional) {
    return result.value === undefined ? 'none' : `optional ${told(result.value, library)}`;
  }
  if (result instanceof library.Struct) return `${result.typeName}${entries([...result.fields], library)}`;
  if (result instanceof Map)
    return entries([...(result as Map<celLibrary.Value, celLibrary.Value>)], library);
  if (result instanceof Uint8Array) return `bytes ${result.join(' ')}`;
  for (const name of ['Double', 'Uint', 'Timestamp', 'Duration', 'TypeValue'] as const) {
    if (result instanceof library[name]) {
      const fields = Object.values(result).map((field) => (Object.is(field, -0) ? '-0' : String(field)));
      return `${name} ${fields.join(' ')}`;
    }
  }
  if (typeof result === 'object' && result !== null) return entries(Object.entries(result), library);
  return typeof result === 'string' ? JSON.stringify(result) : `${typeof result} ${String(result)}`;
}

const entries = (
  pairs: readonly (readonly [celLibrary.Value, celLibrary.Value])[],
  library: Library,
): string => `{${pairs.map(([key, value]) => `${told(key, library)}: ${told(value, library)}`).join(', ')}}`;
