import type { Unknown } from '../cel/value.ts';

const explanations: Readonly<Record<string, string>> = {
  'request.userInfo': 'who makes the request (request.userInfo)',
  'request.namespace': "the request's namespace, which the manifest does not name",
  'request.name': 'the name, which the server generates',
  namespaceObject: 'the Namespace object, which is not in the input',
  authorizer: 'what the user may do (authorizer)',
};

/** Says in words what an unknown result depends on: `depends on who makes the request (request.userInfo)`. */
export function unknownReason(unknown: Unknown): string {
  const parts = unknown.attributes.map((attribute) =>
    Object.hasOwn(explanations, attribute) ? explanations[attribute]! : attribute,
  );
  return `depends on ${[...new Set(parts)].join(' and ')}`;
}
