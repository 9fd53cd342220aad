// Keeps out of the Kubernetes client's bundles what few runs or none need: 1.2 MB become 0.15.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Names that client-node takes from packages which only few kubeconfigs ask for; they are loaded when one does. */
const lateNames = {
  'jsonpath-plus': ['JSONPath'],
  'openid-client': ['discovery', 'refreshTokenGrant'],
  'socks-proxy-agent': ['SocksProxyAgent'],
};

const lateModule = name =>
  lateNames[name]
    .map(
      member => `exports.${member} = function (...args) {
        const real = require('./package-${name}.cjs').${member};
        return new.target ? new real(...args) : real(...args);
      };`,
    )
    .join('\n');

/** client-node asks node-fetch for this name only, in a function that is not called here. */
const globalHeaders =
  "Object.defineProperty(exports, 'Headers', { enumerable: true, get: () => globalThis.Headers });";

const isClient = /[\\/]node_modules[\\/]@kubernetes[\\/]client-node[\\/]/;

/** `apart(name, entry)` makes a bundle of a package and says where it is. */
export const lightClient = apart => ({
  name: 'light-client',
  setup: build => {
    const names = new RegExp(`^(?:node-fetch|${Object.keys(lateNames).join('|')})$`);
    build.onResolve({ filter: names }, ({ path, importer }) =>
      isClient.test(importer) ? { path, namespace: 'light' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'light' }, ({ path }) => ({
      contents: path === 'node-fetch' ? globalHeaders : lateModule(path),
    }));
    build.onResolve({ filter: /^\.\/package-.*\.cjs$/, namespace: 'light' }, ({ path }) => {
      const name = path.slice('./package-'.length, -'.cjs'.length);
      return apart(`package-${name}`, name);
    });
    // Its package.json does not say that its modules do nothing when they are loaded, so everything would stay: API classes, models, tar.
    build.onResolve({ filter: /^@kubernetes\/client-node$/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === 'plain') return undefined;
      const found = await build.resolve(path, { ...from, pluginData: 'plain' });
      return { ...found, sideEffects: false };
    });
    // Its own imports name whole files. There are thousands, and esbuild would take milliseconds to answer each.
    build.onResolve({ filter: /^\.\.?\// }, ({ path, importer, resolveDir }) => {
      const file = join(resolveDir, path);
      return isClient.test(importer) && existsSync(file) ? { path: file, sideEffects: false } : undefined;
    });
  },
});
