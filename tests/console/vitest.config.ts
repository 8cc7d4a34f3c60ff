import { defineConfig } from 'vitest/config'

/** Tests of the built console in Chromium, before the started product. Builds the console where its sources have changed. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: ['../pglite.global-setup.ts', '../postgres.global-setup.ts', './console.global-setup.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
