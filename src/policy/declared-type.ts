import { dynType, listType, mapType, type Type } from '../cel/type.ts';

/**
 * The type with which a variable is declared to the expressions after it: what is neither a scalar, a list nor a map
 * becomes dyn.
 *
 * Source: apiserver `pkg/admission/plugin/cel/composition.go`, `convertCelTypeToDeclType`.
 */
export function declaredType(type: Type): Type {
  switch (type.kind) {
    case 'scalar':
      return type;
    case 'list':
      return listType(declaredType(type.element));
    case 'map':
      return mapType(declaredType(type.key), declaredType(type.value));
    default:
      return dynType;
  }
}
