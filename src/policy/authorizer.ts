import {
  type AccessAnswer,
  type AccessQuestion,
  Authorizer as AuthorizerValue,
  ResourceCheck,
  type ResourceAttributes,
} from '../cel/kubernetes/authorizer.ts';
import { Unknown, type Value } from '../cel/value.ts';
import type { AdmissionRequest, UserInfo } from './request.ts';

/** A question to an authorizer. Source: apiserver `pkg/authorization/authorizer/interfaces.go`, `Attributes`. */
export interface AccessAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  /** A path outside of the API, such as `/healthz`; undefined for a question about a resource. */
  readonly path: string | undefined;
  /**
   * Undefined for a question about a path. Absent parts are `''`; the version asked about is always `*`. The selectors are
   * as written in the expression and may not parse: then the server's authorizer answers as if there were none, or errs.
   */
  readonly resource: ResourceAttributes | undefined;
}

/** An authorizer's answer; only `allow` allows. */
export type AccessDecision =
  | {
      readonly decision: 'allow' | 'deny' | 'no-opinion';
      /** For people: `RBAC: allowed by ...`; empty where there is none. */
      readonly reason: string;
      /** Something that kept the authorizer from being certain, such as a role that cannot be found. */
      readonly error?: string;
    }
  /** The objects at hand do not tell. */
  | { readonly decision: 'unknown' };

/** Answers what a user may do. */
export interface Authorizer {
  authorize(attributes: AccessAttributes): AccessDecision;
}

/** The variables `authorizer` and `authorizer.requestResource` of a request. */
export interface AuthorizerVariables {
  readonly authorizer: Value | Unknown;
  readonly requestResource: Value | Unknown;
}

const unknownAuthorizer = new Unknown(['authorizer']);
const unknownVariables = { authorizer: unknownAuthorizer, requestResource: unknownAuthorizer };

/**
 * What expressions of a request see of an authorizer; unknown where there is none. Where it is not known who makes the
 * request, only questions about service accounts are answered.
 *
 * Source: apiserver `pkg/cel/library/authz.go`, `NewResourceAuthorizerVal`.
 */
export function authorizerVariables(
  request: AdmissionRequest,
  authorizer: Authorizer | undefined,
): AuthorizerVariables {
  if (authorizer === undefined) return unknownVariables;
  const value = new AuthorizerValue((question) => answer(authorizer, question, request.userInfo));
  const { resource, subresource, namespace, name } = request;
  if (namespace === undefined) {
    return { authorizer: value, requestResource: new Unknown(['request.namespace']) };
  }
  if (name === undefined) return { authorizer: value, requestResource: new Unknown(['request.name']) };
  const requestResource = new ResourceCheck(value, {
    group: resource.group,
    resource: resource.resource,
    subresource,
    namespace,
    name,
    fieldSelector: '',
    labelSelector: '',
  });
  return { authorizer: value, requestResource };
}

function answer(
  authorizer: Authorizer,
  { serviceAccount, verb, path, resource }: AccessQuestion,
  requester: UserInfo | undefined,
): AccessAnswer | Unknown {
  const user = serviceAccount === undefined ? requester : serviceAccountUser(serviceAccount);
  if (user === undefined) return new Unknown(['request.userInfo']);
  const decision = authorizer.authorize({ user, verb, path, resource });
  if (decision.decision === 'unknown') return unknownAuthorizer;
  const { reason, error } = decision;
  return { allowed: decision.decision === 'allow', reason, ...(error !== undefined && { error }) };
}

/** Unlike one that logged in it is not in `system:authenticated`. Source: apiserver `pkg/authentication/serviceaccount`. */
function serviceAccountUser({ namespace, name }: NonNullable<AccessQuestion['serviceAccount']>): UserInfo {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid: '',
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra: {},
  };
}
