// Tests read what commands print: they speak English, whatever the terminal of the person who runs them.
process.env['LC_ALL'] = 'C.UTF-8';

export default {
  testEnvironment: 'node',
  // Handlers import this package by its name: its sources here, as in `npm run dev`.
  testEnvironmentOptions: { customExportConditions: ['wechat-callback-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // For what hangs: a test that a slow, busy machine runs must not come near it.
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/support/jest/longest-first.mjs',
  // `npm test` runs more at a time. What a suite loaded stays in the process, which is begun anew when it has grown.
  maxWorkers: 1,
  workerIdleMemoryLimit: '1GB',
  reporters: ['default', '<rootDir>/test/support/jest/closing-line-reporter.mjs'],
};
