import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { node24, root } from './node24.mjs'

/** Installs what the lock file names and compiles what has changed. Says what takes long; ends the process when it fails. */
export function prepare() {
  if (!isInstalled(root)) {
    step('Installing packages')
    run(...npmCommand(['ci', '--no-audit', '--no-fund', '--loglevel=error']))
  }
  step('Compiling')
  run(node24(), [join(root, 'node_modules/typescript/bin/tsc'), '-b'])
}

export const step = (text) => process.stderr.write(`• ${text} …\n`)

/** Whether the lock file of a directory has been installed: npm writes its own copy of it after a complete install. */
export function isInstalled(directory) {
  const installed = join(directory, 'node_modules/.package-lock.json')
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(directory, 'package-lock.json')).mtimeMs
}

/**
 * The npm that runs this, else the one on the PATH.
 * @returns {[command: string, args: string[]]}
 */
export function npmCommand(args) {
  const npm = process.env.npm_execpath
  return npm ? [process.execPath, [npm, ...args]] : ['npm', args]
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error) process.stderr.write(`${command} could not be run: ${error.message}\n`)
  if (status !== 0) process.exit(status ?? 1)
}
