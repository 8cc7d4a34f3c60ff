import { defineConfig } from 'vitest/config'

/** Tests of the built console in Chromium, before the started product, two files side by side. Builds it where it has changed. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: ['../pglite.global-setup.ts', '../postgres.global-setup.ts', './console.global-setup.ts'],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
