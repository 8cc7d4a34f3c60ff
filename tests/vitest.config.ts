import { defineConfig } from 'vitest/config'

/** Tests of the started product: one file after the other, each with a product of its own. Needs a build. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['e2e/**/*.test.ts', 'integration/**/*.test.ts'],
    globalSetup: ['./pglite.global-setup.ts', './postgres.global-setup.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
