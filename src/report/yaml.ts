import type { Report } from '../model/finding.ts';
import { stringify, type Value } from '../yaml/index.ts';
import { json } from './json.ts';

/** The report as YAML: the same contract as the JSON one, read by the same schema. */
export function* yaml(report: Report): Generator<string> {
  yield stringify(JSON.parse([...json(report)].join('')) as Value);
}
