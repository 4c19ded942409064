import type { Json } from '../model/object.ts';
import { practices } from '../model/practice.ts';
import { type Complaint, FieldReader, isMapping } from './complaint.ts';
import type { Control } from './control.ts';

/** What somebody else demands of a cluster: a benchmark, a guide, a list of risks. */
export interface Framework {
  /** The key under which controls name its requirements: `cis-1.12`. */
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly sections: readonly FrameworkSection[];
}

/** A chapter of a framework: requirements that belong together. */
export interface FrameworkSection {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

/** One demand of a framework, in our own short words. */
export interface Requirement {
  /** As in the framework, which controls quote: `5.2.2`, `K01`. */
  readonly id: string;
  readonly title: string;
  /** Whether the framework itself thinks that a program can tell. */
  readonly assessment: 'automated' | 'manual';
  /** Other spellings of its id. */
  readonly also: readonly string[];
  /** Controls that answer it although their own metadata do not name it. */
  readonly controls: readonly string[];
  /** Practices whose controls answer it. */
  readonly practices: readonly number[];
  /** The only fields that count where its controls look at more; empty for all of them. */
  readonly fields: readonly string[];
  /** What it takes to answer it beside objects. */
  readonly needs: Need | undefined;
  /** More about that, in a few words. */
  readonly note: string;
}

/** What objects alone do not tell: facts of nodes, who reaches whom, the closure of all roles, other input. */
export type Need = (typeof needs)[number];
/** All of them. */
export const needs = ['node', 'network', 'rbac', 'input'] as const;

/** Whether a text is one of the needs. */
export function isNeed(text: string | undefined): text is Need {
  return needs.some((one) => one === text);
}

/** Reads `frameworks/<name>.yaml`. Strict: unknown keys and ids that stand twice are complaints. */
export function readFramework(
  name: string,
  value: Json | undefined,
): { framework: Framework; complaints: readonly Complaint[] } {
  const complaints: Complaint[] = [];
  const read = new FieldReader(isMapping(value) ? value : {}, [], complaints);
  read.refuseOthers(['title', 'url', 'sections']);
  const ids = new Set<string>();
  const sections = mappingsOf(value, 'sections').map((section, index): FrameworkSection => {
    const inner = new FieldReader(section, ['sections', index], complaints);
    inner.refuseOthers(['id', 'title', 'requirements']);
    const requirements = mappingsOf(section, 'requirements').map((one, at) => {
      const requirement = readRequirement(
        one,
        new FieldReader(one, ['sections', index, 'requirements', at], complaints),
      );
      for (const id of [requirement.id, ...requirement.also]) {
        if (ids.has(id)) inner.complain(`the requirement "${id}" stands twice`, 'requirements');
        ids.add(id);
      }
      return requirement;
    });
    return { id: inner.requiredText('id'), title: inner.requiredText('title'), requirements };
  });
  if (ids.size === 0) read.complain('"sections" is a list of sections with requirements', 'sections');
  const framework = { name, title: read.requiredText('title'), url: read.requiredText('url'), sections };
  return { framework, complaints };
}

/**
 * The ids of the controls that answer a requirement. A control that names a part of it counts too: who names T1552.007
 * is about T1552.
 */
export function controlsFor(
  { also, controls, id, practices }: Requirement,
  framework: string,
  all: Iterable<Answering>,
): string[] {
  const names = [id, ...also];
  return [...all]
    .filter(
      (control) =>
        controls.includes(control.id) ||
        practices.includes(control.practice) ||
        (control.frameworks[framework] ?? []).some((written) =>
          names.some((name) => written === name || written.startsWith(`${name}.`)),
        ),
    )
    .map((control) => control.id);
}

/** What is asked of a control to know which requirements it answers. */
export type Answering = Pick<Control, 'id' | 'practice' | 'frameworks'>;

function readRequirement(value: Json, read: FieldReader): Requirement {
  read.refuseOthers([
    'id',
    'title',
    'assessment',
    'also',
    'controls',
    'practices',
    'fields',
    'needs',
    'note',
  ]);
  const assessment = read.requiredText('assessment');
  if (assessment !== 'automated' && assessment !== 'manual') {
    read.complain('"assessment" is automated or manual', 'assessment');
  }
  const need = read.text('needs');
  if (need !== undefined && !isNeed(need)) read.complain(`"needs" is one of ${needs.join(', ')}`, 'needs');
  const numbers = isMapping(value) ? (value['practices'] ?? []) : [];
  const isPractices =
    Array.isArray(numbers) &&
    numbers.every((one) => typeof one === 'number' && practices[one - 1] !== undefined);
  if (!isPractices)
    read.complain(`"practices" is a list of numbers from 1 to ${practices.length}`, 'practices');
  return {
    id: read.requiredText('id'),
    title: read.requiredText('title'),
    assessment: assessment === 'manual' ? 'manual' : 'automated',
    also: read.texts('also') ?? [],
    controls: read.texts('controls') ?? [],
    practices: isPractices ? (numbers as readonly number[]) : [],
    fields: read.texts('fields') ?? [],
    needs: isNeed(need) ? need : undefined,
    note: read.text('note') ?? '',
  };
}

function mappingsOf(value: Json | undefined, key: string) {
  const list = isMapping(value) ? value[key] : undefined;
  return Array.isArray(list) ? (list as readonly Json[]).filter((one) => isMapping(one)) : [];
}
