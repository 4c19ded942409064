/**
 * YAML and JSON text as the Kubernetes API server reads it, with the place of every byte.
 *
 *     for (const document of readDocuments(bytes)) {
 *       if (document.value === undefined) report(document.problems);
 *       const [found] = locate(document, [['spec', 'containers', 0, 'image']]);
 *       position(document, found.span.start); // { line, column }
 *     }
 */
export { decode } from './decode.ts';
export { DEFAULT_MAX_DEPTH as defaultMaxDepth, readDocumentAt, readDocuments, position } from './document.ts';
export type { Document, DocumentPlace, ReadOptions } from './document.ts';
export type { Value } from './build.ts';
export type { Problem, Span } from './problem.ts';
export { LineIndex } from './lines.ts';
export type { Position } from './lines.ts';
export { locate, scalarAt } from './locate.ts';
export type { Location, Path } from './locate.ts';
export type { ScalarSource } from './source-map.ts';
export { stringify } from './stringify.ts';
export { edit } from './rewrite/rewrite.ts';
export type { Edited, RefusedChange } from './rewrite/rewrite.ts';
export { changedBy } from './rewrite/change.ts';
export { composed } from './rewrite/compose.ts';
export type { Change } from './rewrite/change.ts';
export { applySplices } from './rewrite/splice.ts';
export type { Splice } from './rewrite/splice.ts';
