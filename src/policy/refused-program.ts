import { type Explanation, Program } from '../cel/index.ts';
import { CelError } from '../cel/value.ts';
import { dynType } from '../cel/type.ts';

const nothing = { id: 0, at: 0, start: 0, end: 0, type: dynType, kind: 'constant', value: null } as const;

/**
 * Stands for a variable that does not compile, which is an error only where it is read.
 *
 * Source: apiserver `pkg/admission/plugin/cel/composition.go`, `variableAccessor`.
 */
export class RefusedProgram extends Program {
  private readonly error: CelError;
  constructor(text: string, error: string) {
    super(text, dynType, { root: nothing, globals: [], slots: 0, nodes: 1 });
    this.error = new CelError(error);
  }

  override evaluate(): CelError {
    return this.error;
  }

  override origin(): Explanation {
    return unexplained(this.error);
  }

  override explain(): Explanation {
    return unexplained(this.error);
  }
}

/** The explanation of an error that comes from no evaluation. */
export function unexplained(error: CelError): Explanation {
  const tree = { start: 0, end: 0, result: error, paths: [], children: [] };
  return { result: error, paths: [], cost: 0, tree, traced: { value: error } };
}
