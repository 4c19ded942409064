import { allOf, always, constant, type Extract, type Scalar } from '../../cel/footprint/extract.ts';
import { consume, type Footprint, footprintOf } from '../../cel/footprint/footprint.ts';
import { Place, Readings } from '../../cel/footprint/place.ts';
import type { Plan } from '../../cel/plan/node.ts';
import type { Value } from '../../cel/value.ts';
import type { JsonObject } from '../../model/object.ts';
import type { CompiledExpression, CompiledPolicy, CompiledVariable } from '../policy.ts';
import type { AdmissionRequest } from '../request.ts';
import { whereaboutsOf } from './part.ts';

/** A part that objects of several kinds have, in another place each. */
export interface Part {
  readonly name: string;
  readonly root: Place;
  /** The place of how many of the fields that lead to it are missing. */
  readonly missing: Place;
  /** What finds it. */
  readonly plan: Plan;
}

/** The name of how many of the fields that lead to a part are missing. */
export function missingOf(name: string): string {
  return `missing of ${name}`;
}

/**
 * What policies read of the objects of one resource, in CREATE requests that differ in nothing but the object; or of objects of any
 * kind, where that is nothing but their metadata and parts that the policies find by the kind (`whereaboutsOf`).
 */
export class PolicyFootprints {
  /** What stands below it decides. */
  readonly root = Place.root();
  /** The parts that policies looked for, by the `shared` of the variable that does it; each is a field of `root`, too. */
  readonly parts = new Map<number, Part>();
  private readonly object: Place;
  private readonly request = Place.root();
  private readonly known: ReadonlyMap<Place, Scalar>;
  private readonly shared = new Map<number, Footprint | undefined>();
  private readonly hasOldObject: boolean;
  private readonly isOfAnyKind: boolean;

  constructor({ operation, kind, oldObject }: AdmissionRequest, isOfAnyKind = false) {
    this.isOfAnyKind = isOfAnyKind;
    this.hasOldObject = oldObject !== null;
    this.object = isOfAnyKind ? Place.root() : this.root;
    if (isOfAnyKind) this.object.fields.set('metadata', this.root.field('metadata'));
    const known: (readonly [Place, Scalar])[] = [[this.request.field('operation'), operation]];
    if (!isOfAnyKind) known.push([this.object.field('kind'), kind.kind]);
    this.known = new Map(known);
  }

  /** What of the object decides the verdict of a policy with this parameter; undefined where more decides. */
  of(policy: CompiledPolicy, param: JsonObject | null | undefined): Readings | undefined {
    const readings = new Readings();
    const found = new Map<CompiledVariable, Footprint | undefined>();
    let isMet = true;
    const read = (expression: CompiledExpression): boolean => {
      const footprint = this.expression(expression, policy, param, found);
      if (footprint === undefined) return false;
      readings.addAll(footprint.readings);
      consume(footprint.value, readings);
      isMet &&= footprint.value.known !== false;
      return true;
    };
    // All conditions are evaluated, also beside one that is never met: running out of budget is an error whatever that says.
    if (!policy.matchConditions.every(read)) return undefined;
    if (isMet && !policy.validations.every(read)) return undefined;
    const { places, tests } = readings;
    for (const place of [...places.keys(), ...tests.keys()]) {
      if (place.isBelow(this.root) || this.isPart(place)) continue;
      if (place.isBelow(this.object)) return undefined;
      if (place.isBelow(this.request) && !this.known.has(place)) return undefined;
      places.delete(place);
      tests.delete(place);
    }
    return readings;
  }

  /** Whether a place belongs to one of the parts. */
  isPart(place: Place): boolean {
    for (const { root } of this.parts.values()) if (place.isBelow(root)) return true;
    return false;
  }

  /** The part that a variable finds by the kind. */
  private part({ shared, program }: CompiledVariable): Part | undefined {
    if (!this.isOfAnyKind || shared === undefined || program === undefined) return undefined;
    const known = this.parts.get(shared);
    if (known !== undefined || whereaboutsOf(program.plan, '') === undefined) return known;
    const name = `variables ${shared}`;
    const missing = this.root.field(missingOf(name));
    const part: Part = { name, root: Place.root(), missing, plan: program.plan };
    this.parts.set(shared, part);
    this.root.fields.set(part.name, part.root);
    return part;
  }

  private expression(
    { program }: CompiledExpression,
    policy: CompiledPolicy,
    param: JsonObject | null | undefined,
    found: Map<CompiledVariable, Footprint | undefined>,
  ): Footprint | undefined {
    if (program === undefined) return undefined;
    return footprintOf(program.plan, {
      variable: (name) => this.variable(name, param),
      known: (place) => this.known.get(place),
      computed: (name) => this.computed(name, policy, param, found),
    });
  }

  private variable(name: string, param: JsonObject | null | undefined): Extract | undefined {
    if (name === 'object') return allOf(this.object);
    if (name === 'request') return allOf(this.request);
    if (name === 'params' && param !== undefined) return constant(param as Value);
    return name === 'oldObject' && !this.hasOldObject ? always(null) : undefined;
  }

  private computed(
    name: string,
    policy: CompiledPolicy,
    param: JsonObject | null | undefined,
    found: Map<CompiledVariable, Footprint | undefined>,
  ): Footprint | undefined {
    const variable = policy.variables.get(name);
    if (variable === undefined) return undefined;
    const part = this.part(variable);
    if (part !== undefined) {
      const readings = new Readings();
      readings.add(part.missing, 'whole');
      return { readings, value: allOf(part.root) };
    }
    const { shared } = variable;
    if (shared !== undefined && this.shared.has(shared)) return this.shared.get(shared);
    if (found.has(variable)) return found.get(variable);
    // Whoever asks meanwhile asks for a variable that reads itself.
    found.set(variable, undefined);
    const footprint = this.expression(variable, policy, param, found);
    found.set(variable, footprint);
    if (shared !== undefined) this.shared.set(shared, footprint);
    return footprint;
  }
}
