import { openCatalogue } from '../catalogue/catalogue.ts';
import { practiceName } from '../model/practice.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { compareSeverity } from '../model/severity.ts';
import { type Arguments, type Command, flagText, UsageError } from './command.ts';
import type { Streams } from './stream.ts';
import { comparedTool } from './named-controls.ts';
import { table } from './table.ts';

/** `scantling controls`: its flags and its help. */
export const controlsCommand: Command = {
  name: 'controls',
  summary: 'List the controls of the catalogue.',
  usage: 'controls [flags]',
  examples: [
    'scantling controls',
    'scantling controls --profile pss-restricted',
    'scantling controls --as trivy',
    'scantling controls -o json',
  ],
  flags: {
    profile: { type: 'string', short: 'p', value: 'NAME', help: 'only the controls of this profile' },
    as: {
      type: 'string',
      value: 'TOOL',
      help: 'the ids of kubescape, trivy, checkov, kube-linter, kube-score, polaris or kubesec beside ours',
    },
    output: {
      type: 'string',
      short: 'o',
      value: 'FORMAT',
      values: ['wide', 'name', 'json'],
      help: 'wide, name or json',
    },
  },
};

/** `scantling controls`. */
export async function runControls({ flags, positionals }: Arguments, streams: Streams): Promise<number> {
  if (positionals.length > 0) throw new UsageError(`controls takes no arguments, "${positionals[0]}" is one`);
  const format = flagText(flags, 'output') ?? '';
  if (!['', 'wide', 'name', 'json'].includes(format))
    throw new UsageError(`-o takes wide, name or json, not "${format}"`);
  const as = comparedTool(flags);
  const catalogue = await openCatalogue();
  const name = flagText(flags, 'profile');
  const profile = name === undefined ? undefined : catalogue.profiles.get(name);
  if (name !== undefined && profile === undefined) {
    throw new UsageError(`there is no profile "${name}"${suggestion(name, catalogue.profiles.keys())}`);
  }
  const profilesOf = (id: string): string[] =>
    [...catalogue.profiles.values()]
      .filter((one) => one.name !== 'all' && one.controls.includes(id))
      .map((one) => one.name);
  const controls = [...catalogue.controls.values()]
    .filter(({ id }) => profile?.controls.includes(id) ?? true)
    .sort(
      (a, b) => a.practice - b.practice || compareSeverity(a.severity, b.severity) || (a.id < b.id ? -1 : 1),
    );
  if (format === 'json') {
    const plain = controls.map(({ id, title, practice, severity, frameworks, aliases, nursery }) => ({
      id,
      title,
      practice,
      severity,
      profiles: profilesOf(id),
      frameworks,
      aliases,
      ...(nursery && { nursery }),
      ...(as !== undefined && { as: aliases[as] ?? [] }),
    }));
    streams.out(`${JSON.stringify(plain, null, 2)}\n`);
  } else if (format === 'name') {
    for (const { id } of controls) streams.out(`${id}\n`);
  } else {
    const wide = format === 'wide';
    const rows = controls.map(({ aliases, id, severity, practice, title, frameworks }) => {
      const others = as === undefined ? [] : [(aliases[as] ?? []).join(',')];
      const cells = [id, ...others, severity, practiceName(practice), title];
      return wide
        ? [
            ...cells,
            profilesOf(id).join(','),
            Object.entries(frameworks)
              .map(([key, ids]) => `${key}:${ids.join('+')}`)
              .join(' '),
          ]
        : cells;
    });
    const heads = ['ID', ...(as === undefined ? [] : [as.toUpperCase()]), 'SEVERITY', 'PRACTICE', 'TITLE'];
    streams.out(table(wide ? [...heads, 'PROFILES', 'FRAMEWORKS'] : heads, rows));
  }
  return 0;
}
