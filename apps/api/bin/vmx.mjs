#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { node24, root } from '../../../scripts/node24.mjs'

const { status } = spawnSync(
  node24(),
  [fileURLToPath(new URL('../dist/cli/vmx.js', import.meta.url)), ...process.argv.slice(2)],
  // Relative paths in settings mean the same as for `npm start`.
  { cwd: root, stdio: 'inherit' },
)
process.exit(status ?? 1)
