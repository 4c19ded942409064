import type { Trap } from '../trap.ts';

/** A binding that names no policy of the input. */
export const bindingWithoutPolicy: Trap = {
  id: 'binding-without-policy',
  title: 'the binding names a policy that is not there',
  severity: 'medium',
  why: 'A binding without its policy does nothing, and the API server says nothing about it.',
  fix: "Write the policy's name as in its metadata, or lint both together.",
  *inBinding({ binding, policy, surroundings }) {
    const { policyName } = binding.definition;
    if (policy !== undefined || policyName === '') return;
    const names = surroundings.policies.map(({ name }) => name);
    const hint = surroundings.suggest(policyName, names);
    yield {
      path: ['spec', 'policyName'],
      message: `there is no policy "${policyName}" among what is linted${hint}`,
    };
  },
};

/** A policy that no binding of the input names. Where there are no bindings at all they are kept elsewhere. */
export const policyWithoutBinding: Trap = {
  id: 'policy-without-binding',
  title: 'no binding puts the policy into force',
  severity: 'low',
  why: 'A policy that is not bound judges nothing.',
  fix: 'Add a binding that names it, or lint it together with the one there is.',
  *inPolicy({ policy, bindings, surroundings }) {
    if (bindings.length > 0 || surroundings.bindings.length === 0 || policy.name === '') return;
    const names = surroundings.bindings.map(({ definition }) => definition.policyName);
    const hint = surroundings.suggest(policy.name, names).replace('did you mean', 'there is one for');
    yield {
      path: ['metadata', 'name'],
      message: `no binding names policy "${policy.name}"${hint.replace('?', '')}`,
    };
  },
};

/** Two policies or two bindings of one name: a cluster keeps one of them. */
export const duplicateName: Trap = {
  id: 'duplicate-name',
  title: 'two objects of one kind have the same name',
  severity: 'high',
  why: 'The second replaces the first when both are applied: one of the rules, its audit annotations included, is gone without a word.',
  fix: 'Give each its own name.',
  *inPolicy({ policy, surroundings: { policies } }) {
    const first = policies.find(({ name }) => name === policy.name);
    if (first === policy || policy.name === '') return;
    const message = `another policy has the name "${policy.name}": of the two a cluster keeps the one that is applied last`;
    yield { path: ['metadata', 'name'], message };
  },
  *inBinding({ binding, surroundings: { bindings } }) {
    const first = bindings.find(({ name }) => name === binding.name);
    if (first === binding || binding.name === '') return;
    const message = `another binding has the name "${binding.name}": of the two a cluster keeps the one that is applied last`;
    yield { path: ['metadata', 'name'], message };
  },
};
