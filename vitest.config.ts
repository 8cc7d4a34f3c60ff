import { defineConfig } from 'vitest/config'

/** Tests beside the source, run on the source: workspace packages resolve by their `source` condition. */
export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'import', 'default'] } },
  resolve: { conditions: ['source', 'module', 'node', 'import', 'default'] },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tests/architecture/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
