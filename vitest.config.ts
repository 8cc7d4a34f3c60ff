import { defineConfig } from 'vitest/config'

/** Tests beside the source, run on the source: workspace packages resolve by their `source` condition. */
export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'module', 'node'] } },
  resolve: { conditions: ['source', 'module', 'node'] },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tests/architecture/*.test.ts'],
    maxWorkers: 2,
    // The embedded database is WebAssembly: to optimise its code costs more than the few queries of a test file gain by it.
    execArgv: ['--liftoff-only'],
    globalSetup: ['tests/pglite.global-setup.ts', 'tests/postgres.global-setup.ts', 'tests/redis.global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
