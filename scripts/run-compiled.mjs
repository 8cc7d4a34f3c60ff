import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { node24, root } from './node24.mjs'
import { prepare } from './prepare.mjs'

/** `node scripts/run-compiled.mjs <program> …`: compiles what has changed, then runs the program on Node 24. */
const [program, ...args] = process.argv.slice(2)
prepare()
const child = spawn(node24(), [join(root, program), ...args], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
