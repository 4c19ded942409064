import type { LabelSelector, ParamKind, ParamRef } from '../definition.ts';
import { labelSelector, labelSelectorShape } from './match-resources.ts';
import { type Shape, string, struct } from './shape.ts';

/** The form of `paramKind`, of validating and mutating policies alike. */
export const paramKindShape: Shape = struct({ apiVersion: string, kind: string });

/** The form of a binding's `paramRef`. */
export const paramRefShape: Shape = struct({
  name: string,
  namespace: string,
  selector: labelSelectorShape,
  parameterNotFoundAction: string,
});

/** What `paramRef` conforms to before defaults are filled in. */
export interface RawParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: Partial<LabelSelector>;
  readonly parameterNotFoundAction?: string;
}

/** A kind of parameters with nothing left undefined; undefined where the policy takes none. */
export function paramKind(raw: Partial<ParamKind> | undefined): ParamKind | undefined {
  return raw && { apiVersion: raw.apiVersion ?? '', kind: raw.kind ?? '' };
}

/** A reference to parameters with nothing but the selector left undefined; undefined where the binding has none. */
export function paramRef(raw: RawParamRef | undefined): ParamRef | undefined {
  return (
    raw && {
      name: raw.name ?? '',
      namespace: raw.namespace ?? '',
      selector: raw.selector && labelSelector(raw.selector),
      parameterNotFoundAction: raw.parameterNotFoundAction ?? '',
    }
  );
}
