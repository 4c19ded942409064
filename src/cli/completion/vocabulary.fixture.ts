import type { Vocabulary } from './vocabulary.ts';

/** A program with few words, for tests of the completer and of the scripts for shells. */
export const fewWords: Vocabulary = {
  verbs: [
    {
      name: 'scan',
      summary: 'judge manifests',
      flags: [
        {
          name: 'profile',
          short: 'p',
          help: 'profiles to judge by',
          isRepeatable: true,
          value: 'profiles',
          isList: true,
        },
        {
          name: 'output',
          short: 'o',
          help: 'formats',
          isRepeatable: true,
          value: ['text', 'sarif'],
          hasFile: true,
        },
        { name: 'quiet', short: 'q', help: 'one line a control', isRepeatable: false },
        { name: 'config', help: 'the configuration', isRepeatable: false, value: 'files' },
        { name: 'since', help: 'a commit', isRepeatable: false, value: 'refs' },
        { name: 'max-depth', help: 'a number', isRepeatable: false, value: 'none' },
        { name: 'help', short: 'h', help: 'show this help', isRepeatable: false },
      ],
      arguments: 'files',
    },
    { name: 'explain', summary: 'the page of a control', flags: [], arguments: 'controls', further: 'none' },
    { name: 'psp', summary: 'old policies', flags: [], arguments: ['convert'], further: 'files' },
    { name: 'completion', summary: 'a script', flags: [], arguments: ['bash', 'zsh'] },
    { name: 'help', summary: 'this', flags: [], arguments: 'verbs' },
    { name: 'version', summary: 'the version', flags: [], arguments: 'none' },
  ],
  words: {
    controls: [
      ['host-port', 'medium: a port of the node'],
      ['privileged-container', 'critical: a container runs privileged: "all rights"'],
    ],
    profiles: [
      ['pss-baseline', 'the Pod Security Standards, baseline'],
      ['pss-restricted', 'the Pod Security Standards, restricted'],
      ['essentials', "what matters most on anyone's cluster"],
    ],
    versions: [['1.36', '']],
    tools: [['trivy', '']],
    severities: [['high', '']],
  },
};
