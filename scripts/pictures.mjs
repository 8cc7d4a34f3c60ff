import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { node24, root } from './node24.mjs'
import { prepare } from './prepare.mjs'

/** Renders every page of the console with seeded data, light and dark, wide and narrow, into `pictures/`. */
prepare()
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const { status } = spawnSync(node24(), [vitest, 'run', '--config', 'tests/console/vitest.config.ts', 'pages'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PICTURES: join(root, 'pictures') },
})
process.exit(status ?? 1)
