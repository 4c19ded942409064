import type { JsonObject } from '../../../src/model/object.ts';

/** A request to a real API server with mutating policies, and its answer. */
export interface MutationCase {
  readonly id: string;
  /** Policies and bindings. */
  readonly policies: readonly JsonObject[];
  readonly object?: JsonObject;
  readonly oldObject?: JsonObject;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT' | 'PATCH';
  readonly subresource?: string;
  /** Other objects that were there: parameters. */
  readonly resources?: readonly JsonObject[];
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** The answer depends on the order of the policies. */
  readonly unordered?: boolean;
  readonly crd?: JsonObject;
  readonly result: {
    readonly allowed: boolean;
    readonly serverPanic?: boolean;
    readonly code?: number;
    readonly reason?: string;
    readonly message?: string;
    readonly causes?: readonly { readonly message?: string }[];
    readonly object?: JsonObject;
  };
}
