/**
 * The ids of everything that lint reports, for those who have to know that a suppression is one of lint's without loading
 * lint itself.
 */
export const trapIds: ReadonlySet<string> = new Set([
  'always-an-error',
  'binding-without-policy',
  'blocks-deletion',
  'duplicate-name',
  'forgotten-containers',
  'matches-nothing',
  'message-can-fail',
  'message-missing',
  'missing-params-ignored',
  'mutation-crash',
  'mutation-fails',
  'mutation-repeats',
  'needs-newer-kubernetes',
  'never-fails',
  'not-static-manifest',
  'object-on-delete',
  'old-object-on-create',
  'param-kind-unknown',
  'param-ref-ignored',
  'param-ref-mismatch',
  'params-not-bound',
  'policy-without-binding',
  'refused',
  'selector-ignored',
  'too-expensive',
  'too-many-checks',
  'type-warning',
  'unguarded-field',
]);
