/** What each file of `examples/library` prints, from source as well as from an installed package. */
export const printedByExamples: Readonly<Record<string, string>> = {
  'cel.js': `false
object.spec.containers.1.image decided, for 16 units of 1000000
no such key: containers
depends on object
`,
  'policy.js': `fail [ 'spec.containers.0.image' ]
`,
};
