import { trimSpace } from '../../go-text.ts';
import type { Trap } from '../trap.ts';

/** A validation without any message. */
export const messageMissing: Trap = {
  id: 'message-missing',
  title: 'a validation without a message',
  severity: 'info',
  why: 'Whoever is denied reads `failed expression:` and the CEL text, and has to guess what to change.',
  fix: 'Say in `message` what is required, or name the offending element with a `messageExpression`.',
  *inPolicy({ policy: { definition } }) {
    for (const [index, { message, messageExpression, expression }] of definition.validations.entries()) {
      if (message !== '' || messageExpression !== '' || trimSpace(expression) === '') continue;
      yield {
        path: ['spec', 'validations', index, 'expression'],
        message: 'a denial shows this expression in place of a message',
      };
    }
  },
};
