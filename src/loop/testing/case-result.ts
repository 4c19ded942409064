import type { Location } from '../../model/finding.ts';
import type { CaseResult } from '../../model/policy-test.ts';
import type { Places } from '../located.ts';
import type { Place } from './files.ts';

/** A result whose place in the file is worked out only when somebody looks: most cases pass and nobody does. */
export class WrittenResult implements CaseResult {
  readonly name: string;
  status: CaseResult['status'] = 'passed';
  what = '';
  expected = '';
  got = '';
  elements: CaseResult['elements'] = [];
  expressions: CaseResult['expressions'] = [];
  readonly #place: Place;
  readonly #places: Places;
  #location: Location | undefined;

  constructor(name: string, place: Place, places: Places) {
    this.name = name;
    this.#place = place;
    this.#places = places;
    places.announce(place.document, place.path);
  }

  get location(): Location {
    const { file, document, path } = this.#place;
    return (this.#location ??= this.#places.find(file.shown, document, path));
  }

  /** Fills in how the case ended. */
  with(status: CaseResult['status'], rest: Partial<Omit<CaseResult, 'location' | 'name'>>): CaseResult {
    return Object.assign(this, { status, ...rest });
  }
}
