import type { ClientCapabilities } from 'vscode-languageserver/node';

/** What an editor understands beyond the least that the protocol asks of it. */
export interface ClientFeatures {
  readonly versionedDiagnostics: boolean;
  readonly relatedInformation: boolean;
  readonly codeDescription: boolean;
  /** Edits that say which version of a text they are for. */
  readonly documentChanges: boolean;
  /** Edits that a person has to agree to. */
  readonly changeAnnotations: boolean;
  /** Actions that cannot be done and say why. */
  readonly disabledActions: boolean;
  /** Whether the edits of an action may come when it is chosen. */
  readonly lazyActions: boolean;
  readonly markdown: boolean;
}

/** Reads what an editor says of itself when it starts the server. */
export function featuresOf({ textDocument, workspace }: ClientCapabilities): ClientFeatures {
  const { codeAction, hover, publishDiagnostics } = textDocument ?? {};
  return {
    versionedDiagnostics: publishDiagnostics?.versionSupport === true,
    relatedInformation: publishDiagnostics?.relatedInformation === true,
    codeDescription: publishDiagnostics?.codeDescriptionSupport === true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    changeAnnotations: workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
    disabledActions: codeAction?.disabledSupport === true,
    lazyActions:
      codeAction?.resolveSupport?.properties.includes('edit') === true && codeAction.dataSupport === true,
    markdown: hover?.contentFormat?.includes('markdown') !== false,
  };
}
