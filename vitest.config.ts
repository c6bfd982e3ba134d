import { configDefaults, defineConfig } from 'vitest/config'

const covered = { lines: 95 }
const suitesUnderSpecification = 'test/specification/suites.test.ts'

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    // Many tests wait for handshakes or timers, so use every core.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'package',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/conformance/**', suitesUnderSpecification],
          setupFiles: ['test/support/setup.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts', suitesUnderSpecification],
          testTimeout: 300_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text', 'json-summary'],
      thresholds: {
        'src/der/**/*.ts': covered,
        'src/x509/**/*.ts': covered,
        'src/crypto/**/*.ts': covered,
        'src/path/**/*.ts': covered,
      },
    },
  },
})
