/**
 * ValidatingAdmissionPolicies as the API server runs them.
 *
 *     const compiler = new PolicyCompiler({ version: '1.36' });
 *     const { policy, problems } = compiler.compilePolicy(object, documentLocator(document, file));
 *     const judgements = judge([{ policy, binding: undefined }], request, context);
 */
export type { AccessAttributes, AccessDecision, Authorizer } from './authorizer.ts';
export { bindPolicies } from './bind.ts';
export type { Bindings } from './bind.ts';
export { PolicyCompiler } from './compiler.ts';
export type { CompilerOptions } from './compiler.ts';
export { isPolicyApi } from './decode/object.ts';
export type { BindingDefinition, PolicyDefinition } from './definition.ts';
export { documentLocator } from './document-locator.ts';
export type { FailingElement } from './element.ts';
export { foreignPolicy } from './foreign-policy.ts';
export { judge, ScopeCache } from './judge.ts';
export type { JudgeContext } from './judge.ts';
export type { AuditAnnotationResult, Denial, Judgement, ValidationResult } from './judgement.ts';
export type { FindNamespace } from './match/match-resources.ts';
export { differences, jsonPatchBetween } from './mutation/difference.ts';
export type { Difference, Operation6902 } from './mutation/difference.ts';
export { applyJsonPatch } from './mutation/json-patch.ts';
export { bindMutations } from './mutation/bind.ts';
export type { BoundMutations } from './mutation/bind.ts';
export { crashingObjects } from './mutation/crash.ts';
export type { CrashingObject } from './mutation/crash.ts';
export { mutate } from './mutation/mutate.ts';
export type { MutateContext } from './mutation/mutate.ts';
export type { BoundMutation, CompiledMutatingPolicy, CompiledMutation } from './mutation/policy.ts';
export type { MutationDenial, MutationResult, MutationStep } from './mutation/result.ts';
export { noParams } from './params.ts';
export type { ParamSource } from './params.ts';
export type { BoundPolicy, CompiledBinding, CompiledPolicy } from './policy.ts';
export type { Locate, PolicyProblem } from './problem.ts';
export type {
  AdmissionRequest,
  EquivalentResource,
  GroupVersionKind,
  GroupVersionResource,
  Operation,
  UserInfo,
} from './request.ts';
export { denialDetails, respond } from './response.ts';
export type { AdmissionResponse, DenialStatus } from './response.ts';
export { CommonVerdicts } from './memo/common-verdicts.ts';
export { VerdictPlan } from './verdict-plan.ts';
export type { Alike } from './memo/group.ts';
export type { PlainVerdict } from './memo/plain-verdict.ts';
export type { Likeness, Watched } from './memo/verdict-memo.ts';
export { trace } from './trace.ts';
export type { Trace, TracedExpression } from './trace.ts';
