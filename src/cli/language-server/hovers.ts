import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Hover, Range } from 'vscode-languageserver/node';
import type { KubernetesVersion } from '../../cel/kubernetes/environment.ts';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import { expressionTypeAt } from '../../loop/editing/expression-type.ts';
import { describeControl, describeExpression, describeNotice } from '../../loop/editing/hover.ts';
import { isConfiguration } from '../../loop/editing/open-text.ts';
import type { JsonObject } from '../../model/object.ts';
import type { ClientFeatures } from './client-features.ts';
import type { JudgedDocument } from './code-actions.ts';
import { rangeOf, touches } from './conversion.ts';

/** What the expressions of a policy are checked against. */
interface PolicySurroundings {
  readonly version: KubernetesVersion;
  /** The CustomResourceDefinitions of the other files. */
  readonly definitions: readonly JsonObject[];
}

/** What there is to know where a pointer is: the type of an expression, what a finding means, a control by its name. */
export function hoverAt(
  { document, judged }: JudgedDocument,
  range: Range,
  { definitions, version }: PolicySurroundings,
  catalogue: Catalogue,
  { markdown }: ClientFeatures,
): Hover | null {
  const { text } = judged;
  const marked = (value: string, place: Range): Hover => ({
    contents: { kind: markdown ? 'markdown' : 'plaintext', value },
    range: place,
  });
  const found = judged.notices.filter(({ location }) => touches(rangeOf(location, text.text), range));
  if (found.length === 0 && isConfiguration(text)) {
    const named = controlNamedAt(document, range, catalogue);
    return named === undefined ? null : marked(describeControl(named.control), named.place);
  }
  const offset = document.offsetAt(range.start);
  const type = expressionTypeAt(judged.manifests, offset, version, definitions);
  const parts = [
    ...(type === undefined ? [] : [describeExpression(type)]),
    ...found.flatMap((notice) => describeNotice(notice, catalogue) ?? []),
  ];
  if (parts.length === 0) return null;
  const place =
    type === undefined
      ? found.map(({ location }) => rangeOf(location, text.text)).sort(bySize)[0]!
      : { start: document.positionAt(type.start), end: document.positionAt(type.end) };
  return marked([...new Set(parts)].join('\n\n---\n\n'), place);
}

/** The control whose name stands at a place of a configuration. */
function controlNamedAt(document: TextDocument, { start }: Range, { controls }: Catalogue) {
  const { line } = start;
  const written = document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  for (const { 0: word, index } of written.matchAll(/[a-z0-9](?:[-a-z0-9]*[a-z0-9])?/g)) {
    if (index > start.character || index + word.length < start.character) continue;
    const control = controls.get(word);
    const place = { start: { line, character: index }, end: { line, character: index + word.length } };
    return control && { control, place };
  }
  return undefined;
}

const bySize = (a: Range, b: Range): number =>
  a.end.line - a.start.line - (b.end.line - b.start.line) ||
  a.end.character - a.start.character - (b.end.character - b.start.character);
