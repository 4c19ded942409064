import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Json } from '../../model/object.ts';
import { decode, readDocuments } from '../../yaml/index.ts';
import type { Chart } from './chart.ts';

/** A chart that another one keeps in `charts/` as `helm package` makes it. */
export interface PackedChart {
  /** The archive, absolute. */
  readonly archive: string;
  /** Its files by their paths below the chart's folder, `templates/web.yaml`. */
  readonly files: ReadonlyMap<string, string>;
}

/** Bytes of an archive that are unpacked at most; Helm itself takes 100 MiB. */
const mostBytes = 100 * 2 ** 20;

/** The archive in `charts/` with the chart of this name; undefined where there is none that can be read. */
export function packedChart(chart: Chart, name: string): PackedChart | undefined {
  const folder = path.join(chart.folder, 'charts');
  for (const file of archivesIn(folder)) {
    const archive = path.join(folder, file);
    const files = unpacked(archive);
    if (files !== undefined && nameOf(files.get('Chart.yaml')) === name) return { archive, files };
  }
  return undefined;
}

function archivesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /\.(?:tgz|tar\.gz)$/.test(name));
  } catch {
    return [];
  }
}

function nameOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [document] = readDocuments(text);
  const value = document?.value as Json | undefined;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const name = (value as Readonly<Record<string, Json>>)['name'];
  return typeof name === 'string' ? name : undefined;
}

/** The files of an archive below its one folder. */
function unpacked(archive: string): ReadonlyMap<string, string> | undefined {
  try {
    const bytes = gunzipSync(readFileSync(archive), { maxOutputLength: mostBytes });
    return new Map(
      [...tarFiles(bytes)].map(([name, content]) => [name.replace(/^(?:\.\/)?[^/]+\//, ''), content]),
    );
  } catch {
    // Helm has rendered it, or has said what is wrong with it.
    return undefined;
  }
}

/** The regular files of a tar archive. Source: POSIX.1 "pax", ustar interchange format; GNU tar's long names. */
export function* tarFiles(bytes: Buffer): Generator<[name: string, content: string]> {
  let longName: string | undefined;
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0;) {
    const header = bytes.subarray(at, at + 512);
    const size = Number.parseInt(field(header, 124, 12), 8);
    if (!Number.isSafeInteger(size) || size < 0) return;
    const content = bytes.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
    const type = String.fromCharCode(header[156]!);
    if (type === 'L') longName = field(content, 0, size);
    else if (type === 'x') longName = paxPath(content) ?? longName;
    else {
      const prefix = field(header, 257, 5) === 'ustar' ? field(header, 345, 155) : '';
      const name = longName ?? (prefix === '' ? '' : `${prefix}/`) + field(header, 0, 100);
      if (type === '0' || type === '\0') yield [name, decode(content).text];
      longName = undefined;
    }
  }
}

function field(bytes: Buffer, start: number, length: number): string {
  const text = bytes.toString('utf8', start, start + length);
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)).trim();
}

/** `27 path=a/b\n`: the length of a record counts all of it. */
function paxPath(content: Buffer): string | undefined {
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const length = Number.parseInt(content.toString('utf8', at, space), 10);
    if (space < 0 || !(length > 0)) return undefined;
    const [key, ...value] = content.toString('utf8', space + 1, at + length - 1).split('=');
    if (key === 'path') return value.join('=');
    at += length;
  }
  return undefined;
}
