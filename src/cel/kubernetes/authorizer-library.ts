import { unitCost } from '../extension/call-cost.ts';
import type { CallCost, Library, Overload } from '../library.ts';
import { overload } from '../signature.ts';
import { costSize } from '../standard/size.ts';
import { CelError, type Failure, Unknown } from '../value.ts';
import {
  type AccessAnswer,
  Authorizer,
  Decision,
  GroupCheck,
  PathCheck,
  type ResourceAttributes,
  ResourceCheck,
} from './authorizer.ts';
import { dns1123Label, dns1123Subdomain } from './name-format.ts';

const prefix = 'kubernetes.authorization';
const resourceCheck = `${prefix}.ResourceCheck`;
const decision = `${prefix}.Decision`;

const isBlank = (text: string): boolean => text.trim() === '';

function path(authorizer: Authorizer, text: string): PathCheck | CelError {
  return isBlank(text) ? new CelError('path must not be empty') : new PathCheck(authorizer, text);
}

function serviceAccount(authorizer: Authorizer, namespace: string, name: string): Authorizer | CelError {
  if (dns1123Subdomain(name).length > 0) return new CelError('Invalid service account name');
  if (dns1123Label(namespace).length > 0) return new CelError('Invalid service account namespace');
  return new Authorizer(authorizer.authorize, { namespace, name });
}

function resource({ authorizer, group }: GroupCheck, name: string): ResourceCheck | CelError {
  if (isBlank(name)) return new CelError('resource must not be empty');
  return new ResourceCheck(authorizer, {
    group,
    resource: name,
    subresource: '',
    namespace: '',
    name: '',
    fieldSelector: '',
    labelSelector: '',
  });
}

function checkPath({ authorizer, path: text }: PathCheck, verb: string): Decision | CelError {
  const { serviceAccount: account } = authorizer;
  return decided(authorizer.authorize({ serviceAccount: account, verb, path: text, resource: undefined }));
}

function checkResource({ authorizer, attributes }: ResourceCheck, verb: string): Decision | CelError {
  const { serviceAccount: account } = authorizer;
  return decided(
    authorizer.authorize({ serviceAccount: account, verb, path: undefined, resource: attributes }),
  );
}

function decided(answer: AccessAnswer | Unknown): Decision | CelError {
  // Nothing else that is called can be unknown when its arguments are not; every back end passes on any failure alike.
  return answer instanceof Unknown ? (answer as Failure as CelError) : new Decision(answer);
}

/** A function that narrows a check of a resource by one attribute. */
function narrowing(id: string, name: string, attribute: keyof ResourceAttributes, cost: CallCost): Overload {
  return overload(
    id,
    `${resourceCheck}.${name}(string) -> ${resourceCheck}`,
    ({ authorizer, attributes }: ResourceCheck, value: string) =>
      new ResourceCheck(authorizer, { ...attributes, [attribute]: value }),
    cost,
  );
}

/** At most two checks fit into one expression's budget. */
const checkCost: CallCost = () => 350_000;

/** The list of requirements, reading the text, and a requirement of 50 for every two characters. */
const selectorCost: CallCost = ([, selector]) => {
  const length = costSize(selector!);
  return 10 + Math.ceil(length * 0.1) + Math.ceil(length * 0.5) * 50;
};

/** Questions to the API server's authorizer. Source: k8s.io/apiserver `pkg/cel/library/authz.go`. */
export const authorizerLibrary: Library = {
  name: 'kubernetes.authz',
  overloads: [
    overload('authorizer_path', `${prefix}.Authorizer.path(string) -> ${prefix}.PathCheck`, path, unitCost),
    overload(
      'authorizer_group',
      `${prefix}.Authorizer.group(string) -> ${prefix}.GroupCheck`,
      (authorizer: Authorizer, group: string) => new GroupCheck(authorizer, group),
      unitCost,
    ),
    overload(
      'authorizer_serviceaccount',
      `${prefix}.Authorizer.serviceAccount(string, string) -> ${prefix}.Authorizer`,
      serviceAccount,
      unitCost,
    ),
    overload(
      'groupcheck_resource',
      `${prefix}.GroupCheck.resource(string) -> ${resourceCheck}`,
      resource,
      unitCost,
    ),
    narrowing('resourcecheck_subresource', 'subresource', 'subresource', unitCost),
    narrowing('resourcecheck_namespace', 'namespace', 'namespace', unitCost),
    narrowing('resourcecheck_name', 'name', 'name', unitCost),
    overload('pathcheck_check', `${prefix}.PathCheck.check(string) -> ${decision}`, checkPath, checkCost),
    overload(
      'resourcecheck_check',
      `${resourceCheck}.check(string) -> ${decision}`,
      checkResource,
      checkCost,
    ),
    overload(
      'decision_errored',
      `${decision}.errored() -> bool`,
      ({ answer }: Decision) => answer.error !== undefined,
      unitCost,
    ),
    overload(
      'decision_error',
      `${decision}.error() -> string`,
      ({ answer }: Decision) => answer.error ?? '',
      unitCost,
    ),
    overload(
      'decision_allowed',
      `${decision}.allowed() -> bool`,
      ({ answer }: Decision) => answer.allowed,
      unitCost,
    ),
    overload(
      'decision_reason',
      `${decision}.reason() -> string`,
      ({ answer }: Decision) => answer.reason,
      unitCost,
    ),
  ],
};

/** Selectors in questions about resources. */
export const authorizerSelectors: Library = {
  name: 'kubernetes.authzSelectors',
  overloads: [
    narrowing('authorizer_fieldselector', 'fieldSelector', 'fieldSelector', selectorCost),
    narrowing('authorizer_labelselector', 'labelSelector', 'labelSelector', selectorCost),
  ],
};
