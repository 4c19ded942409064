/** What tells one executable of Linux from another: the ELF header and the notes. */
export interface Elf {
  /** `x64`, `arm64`, or the number of a machine that is neither. */
  readonly machine: string;
  /** The contents of its notes, by name; views into the file. */
  readonly notes: ReadonlyMap<string, Buffer>;
}

const machines: Readonly<Record<number, string>> = { 0x3e: 'x64', 0xb7: 'arm64' };

const noteSegment = 4;

/**
 * Reads an ELF file of 64 bits, little endian, as elf(5) describes it. Throws for another file.
 * The resource of a single executable is a note: https://github.com/nodejs/postject reads it the same way at run time.
 */
export function readElf(file: Buffer): Elf {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46) throw new Error('this is no ELF file');
  if (file[4] !== 2 || file[5] !== 1) throw new Error('this ELF file is not of 64 bits, little endian');
  const machine = file.readUInt16LE(18);
  const headers = Number(file.readBigUInt64LE(32));
  const [size, count] = [file.readUInt16LE(54), file.readUInt16LE(56)];
  const notes = new Map<string, Buffer>();
  for (let index = 0; index < count; index++) {
    const header = file.subarray(headers + index * size);
    if (header.readUInt32LE(0) !== noteSegment) continue;
    const start = Number(header.readBigUInt64LE(8));
    for (const [name, contents] of notesOf(file.subarray(start, start + Number(header.readBigUInt64LE(32)))))
      notes.set(name, contents);
  }
  return { machine: machines[machine] ?? String(machine), notes };
}

function* notesOf(segment: Buffer): Generator<[name: string, contents: Buffer]> {
  const padded = (length: number) => (length + 3) & ~3;
  for (let at = 0; at + 12 <= segment.length;) {
    const [nameSize, size] = [segment.readUInt32LE(at), segment.readUInt32LE(at + 4)];
    const contents = at + 12 + padded(nameSize);
    yield [
      segment.toString('latin1', at + 12, at + 11 + nameSize),
      segment.subarray(contents, contents + size),
    ];
    at = contents + padded(size);
  }
}
