import { ruleLine } from './prelude.ts';

/**
 * The files of a new control, by name: a rule about containers that holds and passes its cases, to be changed. It is in the
 * nursery until somebody takes that line out. A text says what is wrong with the id. The policies get their preludes
 * from `npm run controls`.
 */
export function scaffold(id: string): Readonly<Record<string, string>> | string {
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(id) || id.length > 50) {
    return `"${id}" is no id: at most 50 small letters, digits and hyphens, without a hyphen at either end`;
  }
  return {
    'control.yaml': `title: a container has a terminal
# src/model/practice.ts has their numbers.
practice: 11
severity: low
prelude: pods
# New controls are in no profile until they have proved themselves.
nursery: true
why: >-
  What an attacker gains, in a sentence or two.
fix: >-
  What to do about it, in a sentence.
autofix: {none: why there is not one right value}
frameworks: {}
aliases: {}
references:
- https://kubernetes.io/docs/
`,
    'policy.yaml': `${ruleLine}  - name: bad
    expression: variables.containers.filter(c, c.?tty.orValue(false))
  validations:
  - expression: variables.bad.size() == 0
    messageExpression: >-
      variables.bad.map(c, 'container "' + c.name + '" has a terminal (tty)').join(', ')
`,
    'tests.yaml': `cases:
- fail: a container has a terminal
  container: {tty: true}
  path: container.tty
- pass: it has none
  container: {tty: false}
- pass: nothing is said about it
`,
  };
}
