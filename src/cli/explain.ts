import { openCatalogue } from '../catalogue/catalogue.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { type Arguments, type Command, flagText, UsageError } from './command.ts';
import type { Streams } from './stream.ts';
import { controlPage } from '../catalogue/page.ts';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'Print the page of a control, or why an object passes or fails it.',
  usage: 'explain CONTROL [flags]',
  examples: ['scantling explain privileged-container', 'scantling explain privileged-container -f web.yaml'],
  flags: {
    filename: {
      type: 'string',
      short: 'f',
      value: 'FILE',
      help: 'explain the verdict on the objects of this file',
    },
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: 'the version whose rules apply (default the latest)',
    },
  },
};

/** `scantling explain`. */
export async function runExplain({ flags, positionals }: Arguments, streams: Streams): Promise<number> {
  const [id, ...rest] = positionals;
  if (id === undefined) throw new UsageError('name the control to explain; scantling controls lists them');
  if (rest.length > 0) throw new UsageError(`one control at a time, "${rest[0]}" is a second`);
  const catalogue = await openCatalogue();
  const control = catalogue.controls.get(id);
  if (control === undefined)
    throw new UsageError(`there is no control "${id}"${suggestion(id, catalogue.controls.keys())}`);
  const file = flagText(flags, 'filename');
  if (file === undefined) {
    streams.out(controlPage(control, catalogue));
    return 0;
  }
  throw new UsageError('-f is not there yet');
}
