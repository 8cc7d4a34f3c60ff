import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { node24, root } from './node24.mjs'
import { prepare } from './prepare.mjs'

prepare()
const child = spawn(node24(), [join(root, 'tests/load/bench/bench.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
