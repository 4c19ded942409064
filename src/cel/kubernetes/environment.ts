import { Environment, type EnvironmentOptions, overloadsIn, type StructDeclaration } from '../environment.ts';
import type { Overload } from '../library.ts';
import type { Functions } from '../plan/node.ts';
import { listsV3 } from '../extension/lists.ts';
import { sets } from '../extension/sets.ts';
import { stringsV2 } from '../extension/strings.ts';
import { authorizerLibrary, authorizerSelectors } from './authorizer-library.ts';
import { cidrLibrary } from './cidr.ts';
import { formatLibrary } from './format-library.ts';
import { ipLibrary } from './ip.ts';
import { jsonPatch } from './json-patch.ts';
import { listsV0, listsV1 } from './lists.ts';
import { quantityLibrary } from './quantity-library.ts';
import { regex } from './regex.ts';
import { semverLibrary } from './semver-library.ts';
import { urlLibrary } from './url-library.ts';
import { optionalLibrary, standardLibrary } from '../standard/library.ts';
import {
  mergeMacros,
  optionalMacros,
  sortByMacro,
  standardMacros,
  twoVariableMacros,
} from '../syntax/macro.ts';
import {
  boolType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  opaqueType,
  stringType,
  structType,
  timestampType,
  typeType,
  type Type,
} from '../type.ts';

/** The Kubernetes versions whose expression environment is known. */
export const kubernetesVersions = ['1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36', '1.37'] as const;

/** A Kubernetes minor version, such as `1.36`. */
export type KubernetesVersion = (typeof kubernetesVersions)[number];

/** What an admission policy's expression may refer to. */
export interface AdmissionVariables {
  /**
   * `new`: an expression being written to the API, which may use only what the version before knew as well, so that a
   * rollback stays possible; `stored`: one that is already there, or in a file. Default `new`.
   */
  readonly mode?: 'new' | 'stored';
  /** Whether `params` is declared: the policy has a paramKind; default false. */
  readonly hasParams?: boolean;
  /** Whether `authorizer` is declared; it is not in messageExpression; default false. */
  readonly hasAuthorizer?: boolean;
  /** Whether `Object`, `JSONPatch` and `jsonpatch.escapeKey` exist, as in a mutation; default false. */
  readonly hasPatchTypes?: boolean;
  /** The policy's variables so far with their types; undefined where `variables` is not declared at all. */
  readonly variables?: Readonly<Record<string, Type>>;
}

/** Something environments have from one minor version on. */
interface Feature {
  readonly since: number;
  /**
   * The server's minor version from which a feature gate switches it on for new expressions, whatever `since` says.
   */
  readonly gatedSince?: number;
  readonly options: EnvironmentOptions;
}

/**
 * What each minor version added. Everything before 1.29 is as old as the versions known here.
 * Source: kube-apiserver `pkg/cel/environment/base.go`.
 */
const features: readonly Feature[] = [
  {
    since: 0,
    options: {
      libraries: [
        standardLibrary,
        urlLibrary,
        regex,
        listsV0,
        authorizerLibrary,
        optionalLibrary,
        quantityLibrary,
        stringsV2,
        sets,
      ],
      // The checker knows these two names beside those of google.protobuf; planning refuses them.
      variables: { duration: typeType(durationType), timestamp: typeType(timestampType) },
      macros: mergeMacros(standardMacros, optionalMacros),
      optionalSyntax: true,
      crossTypeComparisons: true,
      homogeneousLiterals: true,
      literalValidation: true,
    },
  },
  { since: 30, options: { libraries: [ipLibrary, cidrLibrary] } },
  { since: 31, options: { libraries: [formatLibrary] } },
  // a gate, on since 1.32 (beta), decides here instead of the compatibility version
  { since: 31, gatedSince: 32, options: { libraries: [authorizerSelectors] } },
  { since: 32, options: { macros: twoVariableMacros } },
  { since: 33, options: { libraries: [semverLibrary] } },
  { since: 34, options: { libraries: [listsV3], macros: sortByMacro } },
  { since: 37, options: { libraries: [listsV1] } }, // all of listsV0 and `includes`
];

const opaque = (name: string): Type => opaqueType(name);
const strings = listType(stringType);

/** The type of `authorizer`. */
export const authorizerType = opaque('kubernetes.authorization.Authorizer');
/** The type of `authorizer.requestResource`. */
export const resourceCheckType = opaque('kubernetes.authorization.ResourceCheck');

/**
 * `request` and `namespaceObject`.
 * Source: kube-apiserver `pkg/admission/plugin/cel/compile.go`, BuildRequestType and BuildNamespaceType.
 */
const structs: readonly StructDeclaration[] = [
  {
    name: 'kubernetes.GroupVersionKind',
    fields: { group: stringType, version: stringType, kind: stringType },
  },
  {
    name: 'kubernetes.GroupVersionResource',
    fields: { group: stringType, version: stringType, resource: stringType },
  },
  {
    name: 'kubernetes.UserInfo',
    fields: {
      username: stringType,
      uid: stringType,
      groups: strings,
      extra: mapType(stringType, strings),
    },
  },
  {
    name: 'kubernetes.AdmissionRequest',
    fields: {
      kind: structType('kubernetes.GroupVersionKind'),
      resource: structType('kubernetes.GroupVersionResource'),
      subResource: stringType,
      requestKind: structType('kubernetes.GroupVersionKind'),
      requestResource: structType('kubernetes.GroupVersionResource'),
      requestSubResource: stringType,
      name: stringType,
      namespace: stringType,
      operation: stringType,
      userInfo: structType('kubernetes.UserInfo'),
      dryRun: boolType,
      options: dynType,
    },
  },
  { name: 'kubernetes.NamespaceSpec', fields: { finalizers: strings } },
  {
    name: 'kubernetes.NamespaceCondition',
    fields: {
      status: stringType,
      type: stringType,
      lastTransitionTime: timestampType,
      message: stringType,
      reason: stringType,
    },
  },
  {
    name: 'kubernetes.NamespaceStatus',
    fields: { conditions: listType(structType('kubernetes.NamespaceCondition')), phase: stringType },
  },
  {
    name: 'kubernetes.NamespaceMetadata',
    fields: {
      name: stringType,
      generateName: stringType,
      namespace: stringType,
      labels: mapType(stringType, stringType),
      annotations: mapType(stringType, stringType),
      UID: stringType,
      creationTimestamp: timestampType,
      deletionGracePeriodSeconds: intType,
      deletionTimestamp: timestampType,
      generation: intType,
      resourceVersion: stringType,
      finalizers: strings,
    },
  },
  {
    name: 'kubernetes.Namespace',
    fields: {
      metadata: structType('kubernetes.NamespaceMetadata'),
      spec: structType('kubernetes.NamespaceSpec'),
      status: structType('kubernetes.NamespaceStatus'),
    },
  },
];

/**
 * What mutations have beside the rest.
 * Source: kube-apiserver `pkg/cel/mutation/typeresolver.go`, `pkg/admission/plugin/cel/compile.go`.
 */
const patchTypes: EnvironmentOptions = {
  libraries: [jsonPatch],
  openStruct: 'Object',
  structs: [
    {
      name: 'JSONPatch',
      fields: { op: stringType, from: stringType, path: stringType, value: dynType },
      others: opaqueType(''), // the server forgets to refuse them, but nothing fits their type
    },
  ],
};

const bases = new Map<string, Environment>();

/**
 * The environment in which kube-apiserver of a version compiles the expressions of a ValidatingAdmissionPolicy.
 *
 * A function that only a later version has is an "undeclared reference"; the environment's hints then name the version.
 * Versions are those of the server's libraries and variables; servers before 1.36 ran older releases of cel-go, whose
 * bugs are not reproduced.
 */
export function kubernetesEnvironment(
  version: KubernetesVersion,
  variables: AdmissionVariables = {},
): Environment {
  const mode = variables.mode ?? 'new';
  return base(Number(version.slice(2)), mode).extend(declarations(variables));
}

/**
 * The functions alone of that environment, for plans that were checked before: a function is looked up among the
 * libraries when it is asked for.
 */
export function kubernetesFunctions(version: KubernetesVersion, mode: 'new' | 'stored' = 'new'): Functions {
  const minor = Number(version.slice(2));
  const libraries = features
    .filter((feature) => isEnabled(feature, minor, mode))
    .flatMap(({ options }) => options.libraries ?? []);
  const known = new Map<string, readonly Overload[] | undefined>();
  return {
    overloads(name) {
      if (!known.has(name)) known.set(name, overloadsIn(libraries, name));
      return known.get(name);
    },
  };
}

function base(minor: number, mode: 'new' | 'stored'): Environment {
  const key = `${minor} ${mode}`;
  const known = bases.get(key);
  if (known !== undefined) return known;
  let environment = new Environment({ structs });
  for (const feature of features) {
    if (isEnabled(feature, minor, mode)) environment = environment.extend(feature.options);
  }
  environment = environment.extend({ hints: { function: (name) => hint(name, mode) } });
  bases.set(key, environment);
  return environment;
}

function isEnabled(feature: Feature, minor: number, mode: 'new' | 'stored'): boolean {
  if (mode === 'new' && feature.gatedSince !== undefined) return minor >= feature.gatedSince;
  const compatible = mode === 'new' ? minor - 1 : minor;
  return compatible >= feature.since;
}

/** Names the first version whose server accepts a function or macro of this name. */
function hint(name: string, mode: 'new' | 'stored'): string | undefined {
  for (const version of kubernetesVersions) {
    const minor = Number(version.slice(2));
    const enabled = features.filter((feature) => isEnabled(feature, minor, mode));
    if (enabled.some(({ options }) => provides(options, name))) {
      return `${name} needs Kubernetes >= ${version}`;
    }
  }
  return undefined;
}

function provides(options: EnvironmentOptions, name: string): boolean {
  if (options.macros?.has(name)) return true;
  return (options.libraries ?? []).some(({ overloads }) =>
    overloads.some((overload) => overload.name === name || overload.name.startsWith(`${name}.`)),
  );
}

function declarations(options: AdmissionVariables): EnvironmentOptions {
  const variables: Record<string, Type> = {
    object: dynType,
    oldObject: dynType,
    namespaceObject: structType('kubernetes.Namespace'),
    request: structType('kubernetes.AdmissionRequest'),
  };
  if (options.hasParams) variables['params'] = dynType;
  if (options.hasAuthorizer) {
    variables['authorizer'] = authorizerType;
    variables['authorizer.requestResource'] = resourceCheckType;
  }
  const patching = options.hasPatchTypes ? patchTypes : {};
  if (options.variables === undefined) return { ...patching, variables };
  variables['variables'] = structType('kubernetes.variables');
  const structs = [...(patching.structs ?? []), { name: 'kubernetes.variables', fields: options.variables }];
  return { ...patching, variables, structs };
}
