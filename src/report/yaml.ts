import type { Report } from '../model/finding.ts';
import { stringify, type Value } from '../yaml/index.ts';
import { json } from './json.ts';
import type { ReportOptions } from './reporter.ts';

/** The report as YAML: the same contract as the JSON one, read by the same schema. */
export function* yaml(report: Report, options: Pick<ReportOptions, 'as'>): Generator<string> {
  yield stringify(JSON.parse([...json(report, options)].join('')) as Value);
}
