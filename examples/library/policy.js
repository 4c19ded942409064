// Judges a Pod by a ValidatingAdmissionPolicy, as the API server would.
//   npm install scantling && node policy.js
import { judge, noParams, PolicyCompiler } from 'scantling/policy';

const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
const validations = [{ expression: 'object.spec.containers.all(c, c.?image.orValue("").contains(":"))' }];
const spec = { matchConstraints: { resourceRules }, validations };
const { policy, problems } = new PolicyCompiler({ version: '1.36' }).compilePolicy({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'images-have-tags' },
  spec,
});
if (policy === undefined) throw new Error(problems.map(({ reason }) => reason).join());

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ image: 'nginx' }] },
};
const request = {
  operation: 'CREATE',
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource: { group: '', version: 'v1', resource: 'pods' },
  subresource: '',
  name: 'web',
  namespace: 'shop',
  scope: 'Namespaced',
  object: pod,
  oldObject: null,
};
const context = { findNamespace: () => undefined, params: noParams };
const [judgement] = judge([{ policy, binding: undefined }], request, context);
const [failed] = judgement.validations;
console.log(
  judgement.verdict,
  failed.elements.map(({ path }) => path.join('.')),
);
