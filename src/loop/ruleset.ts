import { bindControl } from '../catalogue/bind.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { MinorVersion } from '../catalogue/versions.ts';
import type { Settings } from '../config/settings.ts';
import type { DerivationName } from '../derive/derivation.ts';
import type { ControlMetadata } from '../model/control.ts';
import type { JsonObject } from '../model/object.ts';
import type { Severity } from '../model/severity.ts';
import type { BoundPolicy, PolicyCompiler } from '../policy/index.ts';
import type { UserPolicies } from './user-policies.ts';

/** A policy to judge by, with what people call it. */
export interface Rule {
  readonly id: string;
  readonly metadata: Omit<ControlMetadata, 'id'>;
  readonly severity: Severity;
  /** Its severity for roles that somebody has; undefined where that changes nothing. */
  readonly severityWhenBound?: Severity | undefined;
  /** Ids of rules whose findings say what its findings at the same place say, and more. */
  readonly impliedBy?: readonly string[];
  readonly bound: BoundPolicy;
  /** Whether it is one of the user's own: its parameters come from the input, which may not hold them all. */
  readonly isOwn: boolean;
  /** The parameter objects of a control of the catalogue. */
  readonly parameters: readonly JsonObject[];
  /** What it judges instead of the objects themselves. */
  readonly derivation?: DerivationName | undefined;
}

/** The rules that count for some files. */
export interface Ruleset {
  readonly rules: readonly Rule[];
  /** By id; a policy with several bindings is several rules, of which the first, the most severe, stands for all. */
  readonly named: ReadonlyMap<string, Rule>;
  /** All rules of an id. */
  readonly byId: ReadonlyMap<string, readonly Rule[]>;
  /** Parameter objects of the catalogue's controls. */
  readonly parameters: readonly JsonObject[];
  /** What the rules ask to be worked out of all objects together. */
  readonly derivations: ReadonlySet<DerivationName>;
  /** Whether policies of the user's are among the rules. */
  readonly hasOwn: boolean;
}

/** What was asked for on the command line; it wins over every configuration. */
export interface Selection {
  readonly profiles: readonly string[] | undefined;
  readonly controls: readonly string[] | undefined;
  /** Ids of policies of the user's own that alone count among these; undefined for all. */
  readonly policies?: readonly string[] | undefined;
}

/** What runs when nobody says anything. */
export const defaultProfiles = ['pss-baseline', 'essentials'] as const;

/** Compiles the rules that settings ask for, each combination once. */
export class Rulesets {
  private readonly bySettings = new Map<string, Ruleset>();
  private readonly known = new WeakMap<Settings, Ruleset>();
  private readonly catalogue: Catalogue;
  private readonly version: MinorVersion;
  private readonly compiler: PolicyCompiler;
  private readonly selection: Selection;
  private readonly own: UserPolicies;

  constructor(
    catalogue: Catalogue,
    version: MinorVersion,
    compiler: PolicyCompiler,
    selection: Selection,
    own: UserPolicies,
  ) {
    this.catalogue = catalogue;
    this.version = version;
    this.compiler = compiler;
    this.selection = selection;
    this.own = own;
  }

  /** The rules for files with these settings. */
  for(settings: Settings): Ruleset {
    const known = this.known.get(settings);
    if (known !== undefined) return known;
    const { profile, params, severity } = settings;
    const key = JSON.stringify([profile, params, severity]);
    let ruleset = this.bySettings.get(key);
    if (ruleset === undefined) this.bySettings.set(key, (ruleset = this.build(settings)));
    this.known.set(settings, ruleset);
    return ruleset;
  }

  private build({ profile, params, severity }: Settings): Ruleset {
    const rules: Rule[] = [];
    const parameters: JsonObject[] = [];
    for (const id of this.ids(profile)) {
      const control = this.catalogue.controls.get(id)!;
      const override = severity?.[id];
      if (override === 'off') continue;
      const values = (params?.[id] ?? {}) as JsonObject;
      const compiled = bindControl(control, this.version, this.compiler, values);
      if (compiled === undefined) continue;
      const { title, practice, why, fix, frameworks, aliases, aliasParts, references } = control;
      const metadata = {
        title,
        practice,
        severity: control.severity,
        why,
        fix,
        frameworks,
        aliases,
        ...(aliasParts && { aliasParts }),
        references,
        ...(control.conceals === true ? { conceals: true } : {}),
      };
      rules.push({
        id,
        metadata,
        severity: override ?? control.severity,
        // A severity of the user's own counts as it is.
        severityWhenBound: override === undefined ? control.severityWhenBound : undefined,
        impliedBy: control.impliedBy,
        bound: compiled.bound,
        isOwn: false,
        parameters: compiled.parameters,
        derivation: control.derivation,
      });
      parameters.push(...compiled.parameters);
    }
    for (const rule of this.own.rules) {
      if (this.selection.policies?.includes(rule.id) === false) continue;
      const override = severity?.[rule.id];
      if (override !== 'off') rules.push({ ...rule, severity: override ?? rule.severity });
    }
    const named = new Map<string, Rule>();
    const byId = new Map<string, Rule[]>();
    for (const rule of rules) {
      if (!named.has(rule.id)) named.set(rule.id, rule);
      const same = byId.get(rule.id);
      if (same === undefined) byId.set(rule.id, [rule]);
      else same.push(rule);
    }
    const derivations = new Set(
      rules.flatMap(({ derivation }) => (derivation === undefined ? [] : [derivation])),
    );
    if (rules.some(({ severityWhenBound }) => severityWhenBound !== undefined)) derivations.add('roles');
    return { rules, named, byId, parameters, derivations, hasOwn: rules.some(({ isOwn }) => isOwn) };
  }

  private ids(profile: readonly string[] | undefined): readonly string[] {
    if (this.selection.controls !== undefined) return this.selection.controls;
    const profiles = this.selection.profiles ?? profile ?? defaultProfiles;
    return [...new Set(profiles.flatMap((name) => this.catalogue.profiles.get(name)?.controls ?? []))];
  }
}
