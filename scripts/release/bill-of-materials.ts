import { createHash } from 'node:crypto';

/** What package-lock.json says of one package. */
interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
}

interface Contents {
  readonly version: string;
  /** Names of the npm packages whose code is in the bundles. */
  readonly bundled: readonly string[];
  /** Names of the npm packages that hold the Node of an executable, by the name of that file. */
  readonly runtimes: Readonly<Record<string, string>>;
  /** The `packages` of package-lock.json. */
  readonly locked: Readonly<Record<string, Locked>>;
  /** When it was made, in seconds since 1970; left out where it is not known. */
  readonly time: number | undefined;
}

/**
 * What is in a release, as CycloneDX 1.6 JSON (https://cyclonedx.org/docs/1.6/json/): the same text for the same contents. Throws
 * for a package that is not locked.
 */
export function billOfMaterials({ version, bundled, runtimes, locked, time }: Contents): string {
  const find = (name: string): Locked => {
    const found = locked[`node_modules/${name}`];
    if (found === undefined) throw new Error(`"${name}" is in the release but not in package-lock.json`);
    return found;
  };
  const components = [...bundled].sort().map((name) => component('library', name, find(name)));
  for (const [file, name] of Object.entries(runtimes)) {
    components.push(component('application', name, find(name), `only in ${file}`));
  }
  const self = { type: 'application', 'bom-ref': 'scantling', name: 'scantling', version };
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([self, components]))}`,
    version: 1,
    metadata: {
      ...(time !== undefined && { timestamp: new Date(time * 1000).toISOString() }),
      component: {
        ...self,
        purl: `pkg:npm/scantling@${version}`,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components,
    dependencies: [{ ref: 'scantling', dependsOn: components.map((one) => one['bom-ref']) }],
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

function component(type: string, name: string, locked: Locked, description?: string) {
  const { version, integrity, license } = locked;
  const purl = `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
  const [algorithm, digest] = (integrity ?? '').split('-');
  return {
    type,
    'bom-ref': purl,
    name,
    version,
    purl,
    ...(description !== undefined && { description }),
    ...(license !== undefined && { licenses: [{ expression: license }] }),
    ...(algorithm === 'sha512' && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(digest!, 'base64').toString('hex') }],
    }),
  };
}

/** A UUID of version 8 (RFC 9562) that is the same for the same text. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
