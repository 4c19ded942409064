import { Opaque, type Unknown } from '../value.ts';

/** A question to the API server's authorizer, as a SubjectAccessReview asks it. */
export interface AccessQuestion {
  /** The service account that asks; undefined for the user of the request. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string } | undefined;
  readonly verb: string;
  /** A path outside of the API, such as `/healthz`; undefined for a question about a resource. */
  readonly path: string | undefined;
  readonly resource: ResourceAttributes | undefined;
}

/** What a question about a resource is about; absent parts are `''`. */
export interface ResourceAttributes {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldSelector: string;
  readonly labelSelector: string;
}

/** The authorizer's answer; `error` where it could not decide for certain. */
export interface AccessAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly error?: string;
}

/**
 * Answers questions of access; an `Unknown` where it cannot. An environment without one supplies an `Unknown` for the
 * variable `authorizer`.
 */
export type Authorize = (question: AccessQuestion) => AccessAnswer | Unknown;

const group = 'kubernetes.authorization';

abstract class AuthorizationValue extends Opaque {
  equals(other: Opaque): boolean {
    return this === other;
  }
}

/** The variable `authorizer`: the rights of the request's user, or of a service account. */
export class Authorizer extends AuthorizationValue {
  override readonly typeName = `${group}.Authorizer`;
  readonly authorize: Authorize;
  readonly serviceAccount: AccessQuestion['serviceAccount'];
  constructor(authorize: Authorize, serviceAccount?: AccessQuestion['serviceAccount']) {
    super();
    this.authorize = authorize;
    this.serviceAccount = serviceAccount;
  }
}

/** `authorizer.path(p)`. */
export class PathCheck extends AuthorizationValue {
  override readonly typeName = `${group}.PathCheck`;
  readonly authorizer: Authorizer;
  readonly path: string;
  constructor(authorizer: Authorizer, path: string) {
    super();
    this.authorizer = authorizer;
    this.path = path;
  }
}

/** `authorizer.group(g)`. */
export class GroupCheck extends AuthorizationValue {
  override readonly typeName = `${group}.GroupCheck`;
  readonly authorizer: Authorizer;
  readonly group: string;
  constructor(authorizer: Authorizer, name: string) {
    super();
    this.authorizer = authorizer;
    this.group = name;
  }
}

/** `authorizer.group(g).resource(r)` and the variable `authorizer.requestResource`. */
export class ResourceCheck extends AuthorizationValue {
  override readonly typeName = `${group}.ResourceCheck`;
  readonly authorizer: Authorizer;
  readonly attributes: ResourceAttributes;
  constructor(authorizer: Authorizer, attributes: ResourceAttributes) {
    super();
    this.authorizer = authorizer;
    this.attributes = attributes;
  }
}

/** What `check(verb)` returns. */
export class Decision extends AuthorizationValue {
  override readonly typeName = `${group}.Decision`;
  readonly answer: AccessAnswer;
  constructor(answer: AccessAnswer) {
    super();
    this.answer = answer;
  }
}
