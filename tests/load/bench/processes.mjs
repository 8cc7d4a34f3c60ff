import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/**
 * @typedef {object} Running
 * @property {string} url
 * @property {number} pid
 * @property {() => number} cpuMs CPU time of every thread of the process and of its descendants, user and system
 * @property {() => number} residentBytes memory of the process and of its descendants
 * @property {() => Promise<void>} stop
 */

/** One core for what is measured and one for all else; undefined where there are not two, or no `taskset`. */
export function cores() {
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  const allowed = list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
  const [measured, others] = allowed
  if (others === undefined) return undefined
  try {
    // This process moves, and whatever it starts from here on.
    execFileSync('taskset', ['-a', '-p', '-c', String(others), String(process.pid)])
    return { measured, others }
  } catch {
    return undefined
  }
}

/**
 * Starts Node with `args` and waits for `ready at <url>` in its output.
 * @returns {Promise<Running>}
 */
export async function startNode(args, { core, env = {} } = {}) {
  const command = [process.execPath, ...args]
  const [file, ...rest] = core === undefined ? command : ['taskset', '-c', String(core), ...command]
  const child = spawn(file, rest, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const endAtExit = () => child.kill('SIGKILL')
  process.on('exit', endAtExit)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  return {
    url: await readyUrl(child),
    pid: child.pid,
    cpuMs: () => sum(tree(child.pid).map(cpuMsOf)),
    residentBytes: () => sum(tree(child.pid).map(residentBytesOf)),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      process.off('exit', endAtExit)
    },
  }
}

function readyUrl(child) {
  let output = ''
  return new Promise((resolve, reject) => {
    const read = (text) => {
      output = (output + text).slice(-20_000)
      const [, url] = / ready at (\S+)/.exec(` ${output}`) ?? []
      if (url !== undefined) resolve(url)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${child.spawnargs.join(' ')} ended:\n${output}`)))
  })
}

const sum = (numbers) => numbers.reduce((total, each) => total + each, 0)

/** The process and its descendants. */
function tree(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(tree)]
}

/** Of all threads that are alive: ticks of a hundredth of a second are too coarse. See the kernel's sched-stats.rst. */
const cpuMsOf = (pid) =>
  sum(
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      try {
        return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]) / 1e6
      } catch {
        return 0
      }
    }),
  )

const residentBytesOf = (pid) => Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES

const PAGE_BYTES = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }))
