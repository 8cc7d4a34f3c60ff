import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { node24, root } from './node24.mjs'

/** Installs what the lock file names and compiles what has changed. Says what takes long; ends the process when it fails. */
export function prepare() {
  if (!isInstalled()) {
    step('Installing packages')
    const npm = process.env.npm_execpath
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
    if (npm) run(process.execPath, [npm, ...args])
    else run('npm', args)
  }
  step('Compiling')
  run(node24(), [join(root, 'node_modules/typescript/bin/tsc'), '-b'])
}

export const step = (text) => process.stderr.write(`• ${text} …\n`)

/** npm writes its own copy of the lock file after a complete install. */
function isInstalled() {
  const installed = join(root, 'node_modules/.package-lock.json')
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error) process.stderr.write(`${command} could not be run: ${error.message}\n`)
  if (status !== 0) process.exit(status ?? 1)
}
