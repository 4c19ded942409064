import path from 'node:path';
import picomatch from 'picomatch';
import { statOf } from '../collect/stat-of.ts';
import { type Configurations, settingsFor } from '../config/discover.ts';
import type { Settings } from '../config/settings.ts';

/** What the configurations say of the files of a scan. */
export class FileSettings {
  private readonly configurations: Configurations;
  private readonly cwd: string;
  private readonly known = new Map<string, Settings>();

  constructor(configurations: Configurations, cwd: string) {
    this.configurations = configurations;
    this.cwd = cwd;
  }

  /** What counts for a file, named as in a report; the same object for files that have the same configuration. */
  of(file: string): Settings {
    let settings = this.known.get(file);
    if (settings !== undefined) return settings;
    const absolute = path.resolve(this.cwd, file);
    const folder = file === '-' ? this.cwd : path.dirname(absolute);
    settings = settingsFor(absolute, this.configurations.forFolder(folder));
    this.known.set(file, settings);
    return settings;
  }

  /** Whether the configuration of the folder of a file leaves it out. */
  isExcluded(absolute: string): boolean {
    const found = this.configurations.forFolder(path.dirname(absolute));
    const globs = found?.configuration.exclude ?? [];
    if (found === undefined || globs.length === 0) return false;
    const relative = path.relative(path.dirname(found.file), absolute).split(path.sep).join('/');
    return globs.some((glob) => {
      const plain = glob.replace(/^\.\//, '').replace(/\/+$/, '');
      const anchored = plain.includes('/') ? plain : `**/${plain}`;
      return picomatch([anchored, `${anchored}/**`], { dot: true })(relative);
    });
  }

  /** A file of a folder, as configuration applies to it; a file itself. */
  inside(shown: string): string {
    return isFolder(path.resolve(this.cwd, shown)) ? path.join(shown, 'Chart.yaml') : shown;
  }
}

/** Whether there is a folder at a path. */
export function isFolder(absolute: string): boolean {
  return statOf(absolute)?.isDirectory() === true;
}
