import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { endAtExit } from '../../../scripts/end-at-exit.mjs'

/**
 * @typedef {object} RigProcess
 * @property {string} url
 * @property {() => string} output the first of what it has written, both streams
 * @property {() => boolean} alive
 * @property {() => Promise<void>} kill as a crash would
 * @property {() => Promise<void>} stop
 */

/**
 * Starts Node with `args` and waits for `ready at <url>` in its output. It ends with this process.
 * @returns {Promise<RigProcess>}
 */
export async function startProcess(args, env = {}) {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const forget = endAtExit(() => child.kill('SIGKILL'))
  const alive = () => child.exitCode === null && child.signalCode === null
  const end = async (signal) => {
    forget()
    if (!alive()) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  let output = ''
  const url = await new Promise((resolve, reject) => {
    const read = (text) => {
      if (output.length < MOST_OUTPUT) output += text
      const [, url] = / ready at (\S+)/.exec(` ${output}`) ?? []
      if (url !== undefined) resolve(url)
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${args.join(' ')} ended:\n${output}`)))
  })
  return { url, output: () => output, alive, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') }
}

const MOST_OUTPUT = 4_000_000
