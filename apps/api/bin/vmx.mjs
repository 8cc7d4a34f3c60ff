#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { node24 } from '../../../scripts/node24.mjs'

const { status } = spawnSync(
  node24(),
  [fileURLToPath(new URL('../dist/cli/vmx.js', import.meta.url)), ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)
