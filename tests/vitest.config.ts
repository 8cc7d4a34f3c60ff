import { defineConfig } from 'vitest/config'

/** Tests that measure how soon something happens, or how much there is at once: the machine is theirs alone. */
const alone = [
  'integration/crash.test.ts',
  'integration/hostile.test.ts',
  'integration/redis-*.test.ts',
  'integration/replicas.test.ts',
]

/**
 * Tests of the started product, each file with a product of its own; needs a build. Most of them wait most of the time,
 * for processes that start and for what takes its time on purpose: these run two files side by side.
 */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    globalSetup: ['./pglite.global-setup.ts', './postgres.global-setup.ts', './python.global-setup.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['e2e/**/*.test.ts', 'integration/**/*.test.ts'],
          exclude: alone,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: alone, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
