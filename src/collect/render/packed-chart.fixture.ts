interface Entry {
  readonly name: string;
  readonly text: string;
  readonly type?: string;
  readonly prefix?: string;
}

/** A tar archive in the ustar form. */
export function tar(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap(({ name, prefix = '', text, type = '0' }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write('0000644\0', 100);
    header.write(Buffer.byteLength(text).toString(8).padStart(11, '0'), 124);
    header.write(type, 156);
    header.write('ustar\x0000', 257);
    header.write(prefix, 345, 155);
    const content = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    content.write(text);
    return [header, content];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}
