import type { Span } from '../problem.ts';
export interface Recorder {
  x: Span;
}
