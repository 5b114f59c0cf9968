import { packageRoot, readPackageJson } from './package-root.js';

/** Returns the version in our package.json, whose distance from this file differs between sources and build. */
export const packageVersion = (): string => readPackageJson(packageRoot()).version ?? 'unknown';
