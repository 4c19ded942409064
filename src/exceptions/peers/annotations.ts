import type { JsonObject, ObjectReference, Path } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import {
  type Foreign,
  type ForeignException,
  mapOf,
  type Peer,
  textOf,
  type Unread,
} from './foreign-exception.ts';

/**
 * Reads what other tools' annotations on an object except: on the object itself and, where the tool looks there, on its
 * pod template at `template`.
 *
 * Source: the documentations of checkov ("Suppressing and skipping policies"), kube-linter ("Ignoring violations for
 * specific cases"), kube-score ("Ignoring a test"), polaris ("Exemptions").
 */
export function readPeerAnnotations(
  { kind, name, namespace }: ObjectReference,
  value: JsonObject,
  template: Path | undefined,
): Foreign {
  const exceptions: ForeignException[] = [];
  const unread: Unread[] = [];
  const places: Path[] = [
    ['metadata'],
    ...(template === undefined || template.length === 0 ? [] : [[...template, 'metadata']]),
  ];
  for (const [i, place] of places.entries()) {
    for (const [key, text] of Object.entries(mapOf(valueAt(value, [...place, 'annotations'])))) {
      const found = readOne(key, textOf(text), i > 0);
      if (found === undefined) continue;
      const path = [...place, 'annotations', key];
      if ('problem' in found) unread.push({ tool: found.tool, path, reason: found.problem });
      else if (name === '')
        unread.push({ tool: found.tool, path, reason: 'its object has no name that an exception could say' });
      else {
        const match = { kinds: [kind], namespaces: [namespace], names: [name] };
        exceptions.push({ ...found, match, wider: [], path });
      }
    }
  }
  return { exceptions, unread };
}

type Read =
  | Pick<ForeignException, 'tool' | 'checks' | 'reason'>
  | { readonly tool: Peer; readonly problem: string }
  | undefined;

function readOne(key: string, text: string, isTemplate: boolean): Read {
  const one = (tool: Peer, checks: readonly string[] | undefined, reason: string): Read => ({
    tool,
    checks,
    reason,
  });
  if (/^(?:checkov|bridgecrew)\.io\/skip/.test(key)) {
    const [id = '', ...reason] = text.split('=');
    if (!/^(?:CKV2?_K8S|BC_K8S)_\d+$/.test(id.trim()))
      return { tool: 'checkov', problem: `"${id}" is no check of checkov for Kubernetes` };
    return one('checkov', [id.trim()], reason.join('=').trim());
  }
  if (key.startsWith('kube-score/')) {
    if (key === 'kube-score/enable') return undefined;
    if (key !== 'kube-score/ignore') return { tool: 'kube-score', problem: `"${key}" is not understood` };
    const checks = text.split(',').map((check) => check.trim());
    return one(
      'kube-score',
      checks.filter((check) => check !== ''),
      '',
    );
  }
  if (isTemplate) return undefined;
  if (key === 'kube-linter.io/ignore-all') return one('kube-linter', undefined, text);
  const linted = /^ignore-check\.kube-linter\.io\/(.+)$/.exec(key)?.[1];
  if (linted !== undefined) return one('kube-linter', [linted], text);
  if (!key.startsWith('polaris.fairwinds.com/') || !key.endsWith('exempt')) return undefined;
  if (text.toLowerCase() !== 'true') return undefined;
  const rule = /^polaris\.fairwinds\.com\/(?:(.+)-)?exempt$/.exec(key)?.[1];
  return one('polaris', rule === undefined ? undefined : [rule], '');
}
