import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { node24, root } from './node24.mjs'
import { prepare } from './prepare.mjs'

prepare()
const child = spawn(node24(), [join(root, 'apps/api/dist/main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// npm's shell dies of a signal that it doesn't pass on; the product must not outlive whoever started it.
const parent = process.ppid
setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref()
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
