import type { JsonObject } from '../../../model/object.ts';
import type { BoundMutation, BoundPolicy } from '../../../policy/index.ts';
import { nobody } from '../admission-request.ts';
import { Fields } from '../fields.ts';
import { isMapping, type PlacedObject } from '../files.ts';
import { bindParameters } from '../parameter-binding.ts';
import type { SuiteReader } from '../suite-reader.ts';
import { userInfoOf } from '../user-info.ts';
import { type KyvernoValues, readValues } from './values.ts';

/** What a file about who asks may hold; roles matter to Kyverno's own policies only. */
const userKeys = ['userInfo', 'username', 'groups', 'uid', 'roles', 'clusterRoles'];

/** Everything a `Test` names, read. */
export interface Test {
  readonly bound: readonly BoundPolicy[];
  readonly mutations: readonly BoundMutation[];
  /** Objects of the policy files that are neither admission policies of Kubernetes nor their bindings. */
  readonly otherPolicies: readonly PlacedObject[];
  readonly resources: readonly PlacedObject[];
  readonly parameters: readonly JsonObject[];
  readonly values: KyvernoValues;
  readonly userInfo: typeof nobody;
  /** Whether PolicyExceptions are named, which would change what is expected. */
  readonly hasExceptions: boolean;
}

/** Reads the files that a `Test` names; what is wrong with them becomes a problem at the name. */
export function readTest(reader: SuiteReader, fields: Fields): Test {
  const read = (key: string, below = false): PlacedObject[] =>
    (fields.texts(key) ?? []).flatMap((file, i) => {
      const { objects, problems } = reader.objectsBelow(file, below);
      for (const problem of problems) fields.error(problem, key, i);
      return objects;
    });
  const { bound, mutations, problems, others } = reader.shelf.policiesOf(read('policies', true));
  reader.problems.push(...problems);
  const resources = read('resources');
  read('targetResources');
  const cluster = read('clusterResources').flatMap((one) => clusterResources(reader, one));
  const written = read('paramResources');
  const parameters = [...written, ...others].map(({ value }) => value);
  // Without a binding nothing says which parameters are meant: then it is all that the test names.
  const isNamed = written.length > 0;
  return {
    bound: isNamed ? bindParameters(bound, reader.shelf, fields.place) : bound,
    mutations: isNamed ? bindParameters(mutations, reader.shelf, fields.place) : mutations,
    otherPolicies: others,
    resources,
    parameters: [...parameters, ...cluster],
    values: readValues(reader, fields),
    userInfo: readUserInfo(reader, fields),
    hasExceptions: (fields.texts('exceptions') ?? []).length > 0,
  };
}

/** The objects of a `ClusterResource`, and the definitions in the files that it names; any other object is itself. */
function clusterResources(reader: SuiteReader, object: PlacedObject): JsonObject[] {
  if (object.value['kind'] !== 'ClusterResource') return [object.value];
  const fields = new Fields(object, object.value, reader.problems);
  const spec = fields.at(fields.mapping('spec') ?? {}, 'spec');
  const definitions = (spec.texts('crds') ?? []).flatMap((file, i) => {
    const found = reader.objects(file);
    if (typeof found !== 'string') return found;
    spec.error(found, 'crds', i);
    return [];
  });
  return [...spec.items('resources').map(({ value }) => value), ...definitions.map(({ value }) => value)];
}

/** Who asks: `userInfo` of the file that the test names; in older files its fields stand there themselves. */
function readUserInfo(reader: SuiteReader, fields: Fields): typeof nobody {
  const file = fields.text('userinfo');
  if (file === undefined) return nobody;
  const user = reader.object(file);
  if (typeof user === 'string') {
    fields.error(user, 'userinfo');
    return nobody;
  }
  const { userInfo } = user.value;
  if (isMapping(userInfo)) return userInfoOf(userInfo);
  if (!userKeys.some((key) => key in user.value)) fields.error(`${file} has no "userInfo"`, 'userinfo');
  return userInfoOf(user.value);
}
