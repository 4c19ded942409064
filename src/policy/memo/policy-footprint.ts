import {
  allOf,
  always,
  consume,
  type Extract,
  type Footprint,
  footprintOf,
  type Scalar,
} from '../../cel/footprint/footprint.ts';
import { Place, Readings } from '../../cel/footprint/place.ts';
import type { CompiledExpression, CompiledPolicy, CompiledVariable } from '../policy.ts';
import type { AdmissionRequest } from '../request.ts';

/** What policies read of the objects of one resource, in CREATE requests that differ in nothing but the object. */
export class PolicyFootprints {
  readonly object = Place.root();
  private readonly request = Place.root();
  private readonly params = Place.root();
  private readonly known: ReadonlyMap<Place, Scalar>;
  private readonly shared = new Map<number, Footprint | undefined>();
  private readonly hasOldObject: boolean;

  constructor({ operation, kind, oldObject }: AdmissionRequest) {
    this.hasOldObject = oldObject !== null;
    this.known = new Map<Place, Scalar>([
      [this.request.field('operation'), operation],
      [this.object.field('kind'), kind.kind],
    ]);
  }

  /** What of the object decides the verdict of a policy, given its parameter; undefined where more decides. */
  of(policy: CompiledPolicy): Readings | undefined {
    const readings = new Readings();
    const found = new Map<CompiledVariable, Footprint | undefined>();
    for (const expression of [...policy.matchConditions, ...policy.validations]) {
      const footprint = this.expression(expression, policy, found);
      if (footprint === undefined) return undefined;
      readings.addAll(footprint.readings);
      consume(footprint.value, readings);
    }
    const { places, tests } = readings;
    for (const place of [...places.keys(), ...tests.keys()]) {
      if (place.isBelow(this.object)) continue;
      if (place.isBelow(this.request) && !this.known.has(place)) return undefined;
      places.delete(place);
      tests.delete(place);
    }
    return readings;
  }

  private expression(
    { program }: CompiledExpression,
    policy: CompiledPolicy,
    found: Map<CompiledVariable, Footprint | undefined>,
  ): Footprint | undefined {
    if (program === undefined) return undefined;
    return footprintOf(program.plan, {
      variable: (name) => this.variable(name),
      known: (place) => this.known.get(place),
      computed: (name) => this.computed(name, policy, found),
    });
  }

  private variable(name: string): Extract | undefined {
    if (name === 'object') return allOf(this.object);
    if (name === 'request') return allOf(this.request);
    if (name === 'params') return allOf(this.params);
    return name === 'oldObject' && !this.hasOldObject ? always(null) : undefined;
  }

  private computed(
    name: string,
    policy: CompiledPolicy,
    found: Map<CompiledVariable, Footprint | undefined>,
  ): Footprint | undefined {
    const variable = policy.variables.get(name);
    if (variable === undefined) return undefined;
    const { shared } = variable;
    if (shared !== undefined && this.shared.has(shared)) return this.shared.get(shared);
    if (found.has(variable)) return found.get(variable);
    // Whoever asks meanwhile asks for a variable that reads itself.
    found.set(variable, undefined);
    const footprint = this.expression(variable, policy, found);
    found.set(variable, footprint);
    if (shared !== undefined) this.shared.set(shared, footprint);
    return footprint;
  }
}
