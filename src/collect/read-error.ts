const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'no such file',
  ENXIO: 'it is a socket or a device that is not there',
  ERR_FS_FILE_TOO_LARGE: 'the file is larger than 2 GiB',
};

/** Why a file or folder cannot be read, in words for people: `permission denied`. */
export function readError(error: unknown): string {
  const { code = '', message, path = '' } = error as NodeJS.ErrnoException;
  // Such bytes became a replacement character, under which there is no file.
  if (code === 'ENOENT' && path.includes('\ufffd')) return 'its name is not UTF-8';
  return reasons[code] ?? message;
}
