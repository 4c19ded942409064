import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { whenInterrupted } from './program.ts';

/** A place for renderers to run in: their own empty folders, no cluster and no network. */
export interface Seclusion {
  /** Temporary folder, absolute and without symbolic links. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Takes the folder away. */
  readonly end: () => void;
}

/** Where nobody listens: what asks for the network is refused at once. */
const nowhere = 'http://127.0.0.1:9';

/**
 * Makes such a place. Of the variables around only those that say nothing to Helm, Kustomize or kubectl are passed on.
 * Source: helm.sh/docs "Helm environment variables"; git-scm.com "Environment Variables".
 */
export function seclusion(around: Readonly<Record<string, string | undefined>>): Seclusion {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'scantling-render-')));
  const made = (name: string): string => {
    const one = path.join(folder, name);
    mkdirSync(one);
    return one;
  };
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, '');
  const passed = Object.entries(around).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(?:HELM|KUBE|KUSTOMIZE|GIT)|_proxy$/i.test(entry[0]),
  );
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [
    [name, nowhere],
    [name.toLowerCase(), nowhere],
  ]);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const forget = whenInterrupted(remove);
  const config = made('config');
  const cache = made('cache');
  const data = made('data');
  return {
    folder,
    env: {
      ...Object.fromEntries(passed),
      ...Object.fromEntries(proxies),
      KUBECONFIG: kubeconfig,
      HELM_CONFIG_HOME: config,
      HELM_CACHE_HOME: cache,
      HELM_DATA_HOME: data,
      HELM_PLUGINS: made('plugins'),
      HELM_REGISTRY_CONFIG: path.join(config, 'registry.json'),
      HELM_REPOSITORY_CONFIG: path.join(config, 'repositories.yaml'),
      HELM_REPOSITORY_CACHE: cache,
      XDG_CONFIG_HOME: config,
      XDG_CACHE_HOME: cache,
      XDG_DATA_HOME: data,
      KUSTOMIZE_PLUGIN_HOME: made('kustomize'),
      GIT_ALLOW_PROTOCOL: 'none',
      GIT_TERMINAL_PROMPT: '0',
    },
    end: () => {
      forget();
      remove();
    },
  };
}
