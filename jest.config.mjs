// Native ESM: no module mocks, inject fakes (ARCHITECTURE.md, Tests).
export default {
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/*/src/**/*.test.ts', '<rootDir>/sample-services/*/src/**/*.test.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { swcrc: false, jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  // For machines that do other things too; a test that hangs is told of after this time.
  testTimeout: 30_000,
  workerIdleMemoryLimit: '1GB',
};
