import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientCapabilities } from 'vscode-languageserver/node';
import { type ClientFeatures, featuresOf } from './client-features.ts';

const least: ClientFeatures = {
  versionedDiagnostics: false,
  relatedInformation: false,
  codeDescription: false,
  documentChanges: false,
  changeAnnotations: false,
  disabledActions: false,
  lazyActions: false,
  // Who says nothing about hovers takes what most take.
  markdown: true,
};

test('an editor that says nothing understands the least', () => {
  assert.deepEqual(featuresOf({}), least);
  assert.deepEqual(featuresOf({ textDocument: {}, workspace: {} }), least);
});

test('each feature is what the editor says of it, and of nothing else', () => {
  const diagnostics = (publishDiagnostics: object): ClientCapabilities => ({
    textDocument: { publishDiagnostics },
  });
  const actions = (codeAction: object): ClientCapabilities => ({ textDocument: { codeAction } });
  const edits = (workspaceEdit: object): ClientCapabilities => ({ workspace: { workspaceEdit } });
  const hovers = (contentFormat: ('markdown' | 'plaintext')[]): ClientCapabilities => ({
    textDocument: { hover: { contentFormat } },
  });
  const cases: [ClientCapabilities, Partial<ClientFeatures>][] = [
    [diagnostics({ versionSupport: true }), { versionedDiagnostics: true }],
    [diagnostics({ relatedInformation: true }), { relatedInformation: true }],
    [diagnostics({ codeDescriptionSupport: true }), { codeDescription: true }],
    [diagnostics({ versionSupport: false, relatedInformation: false, codeDescriptionSupport: false }), {}],
    [edits({ documentChanges: true }), { documentChanges: true }],
    [edits({ changeAnnotationSupport: {} }), { changeAnnotations: true }],
    [actions({ disabledSupport: true }), { disabledActions: true }],
    [actions({ disabledSupport: false }), {}],
    [actions({ dataSupport: true, resolveSupport: { properties: ['edit'] } }), { lazyActions: true }],
    [actions({ dataSupport: true, resolveSupport: { properties: ['command'] } }), {}],
    [actions({ resolveSupport: { properties: ['edit'] } }), {}],
    [hovers(['plaintext']), { markdown: false }],
    [hovers(['plaintext', 'markdown']), {}],
  ];
  for (const [capabilities, more] of cases)
    assert.deepEqual(featuresOf(capabilities), { ...least, ...more }, JSON.stringify(capabilities));
});
