import { readCost, unitCost } from '../extension/call-cost.ts';
import type { Library, Overload } from '../library.ts';
import { overload } from '../signature.ts';
import { parseURL, requestURIProblem, type URLValue } from './url.ts';

const getter = (name: string, id: string, get: (url: URLValue) => string): Overload =>
  overload(id, `kubernetes.URL.${name}() -> string`, get, unitCost);

/** URLs. Source: k8s.io/apiserver `pkg/cel/library/urls.go`. */
export const urlLibrary: Library = {
  name: 'kubernetes.urls',
  overloads: [
    overload('string_to_url', 'url(string) -> kubernetes.URL', parseURL, readCost),
    overload(
      'is_url_string',
      'isURL(string) -> bool',
      (text: string) => requestURIProblem(text) === undefined,
    ),
    getter('getScheme', 'url_get_scheme', (url) => url.scheme),
    getter('getHost', 'url_get_host', (url) => url.host),
    getter('getHostname', 'url_get_hostname', (url) => url.hostname),
    getter('getPort', 'url_get_port', (url) => url.port),
    getter('getEscapedPath', 'url_get_escaped_path', (url) => url.escapedPath),
    overload(
      'url_get_query',
      'kubernetes.URL.getQuery() -> map(string, list(string))',
      (url: URLValue) => url.query,
      unitCost,
    ),
  ],
};
