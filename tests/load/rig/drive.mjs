import { setTimeout } from 'node:timers/promises'
import { Pool } from 'undici'
import { monotonicMs } from './clock.mjs'

/**
 * @typedef {object} Outcome of one request
 * @property {string} id
 * @property {number} replica
 * @property {number} sentAtMs monotonic
 * @property {number} endedAtMs
 * @property {number} status 0 when no answer came
 * @property {string} [code] of the error
 * @property {number} [retryAfterMs]
 */

/**
 * Callers who ask each replica, each again as soon as it has its answer, or when the refusal says, within bounds, so
 * that the refused don't use up the machine.
 * @param {import('./world.mjs').World} world
 * @param {object} options
 * @param {number} options.callers of each replica
 * @param {number} options.seconds
 * @param {() => object} options.request what one request is like: see `chatRequest`
 * @returns {{ outcomes: Outcome[], ended: Promise<void> }} outcomes grow while it runs
 */
export function drive({ replicas, apiKey }, { callers, seconds, request }) {
  const endMs = monotonicMs() + seconds * 1000
  const outcomes = []
  const caller = async (pool, replica, number) => {
    for (let count = 0; monotonicMs() < endMs; count++) {
      const outcome = await ask(pool, apiKey, { id: `r${replica}c${number}n${count}`, ...request() })
      outcomes.push({ ...outcome, replica })
      if (outcome.status === 200) continue
      const waitMs = Math.max(LEAST_WAIT_MS, Math.min(outcome.retryAfterMs ?? USUAL_WAIT_MS, MOST_WAIT_MS))
      await setTimeout(Math.max(0, Math.min(waitMs, endMs - monotonicMs())))
    }
  }
  const all = replicas.map(async ({ url }, replica) => {
    const pool = new Pool(url, { connections: callers, pipelining: 1, headersTimeout: LONGEST_MS })
    await Promise.all(Array.from({ length: callers }, (_, number) => caller(pool, replica, number)))
    await pool.close()
  })
  return { outcomes, ended: Promise.all(all).then(() => {}) }
}

const LEAST_WAIT_MS = 20
const USUAL_WAIT_MS = 200
const MOST_WAIT_MS = 2_000
const LONGEST_MS = 60_000

/** Never rejects. @returns {Promise<Omit<Outcome, 'replica'>>} */
export async function ask(pool, apiKey, { id, ...about }) {
  const sentAtMs = monotonicMs()
  const outcome = (fields) => ({ id, sentAtMs, endedAtMs: monotonicMs(), ...fields })
  try {
    const { statusCode, headers, body } = await pool.request({
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: chatRequest({ id, ...about }),
      ...(about.abortAfterMs && { signal: AbortSignal.timeout(about.abortAfterMs) }),
    })
    const text = await body.text()
    if (statusCode === 200) return outcome({ status: 200 })
    const retryAfter = headers['retry-after-ms']
    const { error } = JSON.parse(text)
    return outcome({
      status: statusCode,
      code: error.code,
      message: error.message,
      ...(retryAfter !== undefined && { retryAfterMs: Number(retryAfter) }),
    })
  } catch (error) {
    return outcome({ status: 0, code: error.name })
  }
}

/** A chat of `bytes` of text, for an answer of at most `maxTokens`, with what the upstream is told. */
function chatRequest({ bytes, maxTokens, id, ...told }) {
  const line = `${JSON.stringify({ id, ...told })}\n`
  return JSON.stringify({
    model: 'told',
    max_tokens: maxTokens,
    messages: [{ role: 'user', content: line.padEnd(bytes, 'all work and no play ') }],
    vmx: { correlationId: id },
  })
}
