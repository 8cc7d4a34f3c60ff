import { Agent } from 'node:http'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { type RunningProduct, startProduct } from '../start-product.ts'
import { type Answer, type Asked, ask } from './load.ts'
import { readRows } from './records.ts'

const STREAMS = 20

it('finishes the streams under way after SIGTERM, takes no new connection, loses no record and exits with 0', async () => {
  const product = await startProduct()
  const apiKey = await keyFor(product)
  const streams = await openStreams({ url: product.url, apiKey }, 'demo/demo+chunks=40+interval=50')
  const ended = product.stop()
  await vi.waitFor(() => expect(product.stderr()).toContain('finishing requests'))
  const late = await ask({ url: product.url, apiKey }, { marker: 'late', model: 'demo', stream: false })
  expect([undefined, 503]).toContain(late.status)
  const answers = await Promise.all(streams)
  expect(answers.filter(({ complete }) => !complete)).toEqual([])
  expect(await ended).toEqual({ code: 0, signal: null })

  const { audit, usage } = await rowsOf(product)
  const ids = answers.map(({ id }) => id).sort()
  const streamed = audit.filter(({ marker }) => marker?.startsWith('stream-'))
  expect(streamed.map(({ id }) => id).sort()).toEqual(ids)
  expect(streamed.filter(({ outcome }) => outcome !== 'ok')).toEqual([])
  expect(usage.flatMap(({ id, outputTokens }) => (outputTokens > 0 ? [id] : [])).sort()).toEqual(ids)
})

it('cuts the streams that have not ended within the grace time, records them and exits with 0', async () => {
  const product = await startProduct({ env: { SHUTDOWN_GRACE_MS: '300' } })
  const endpoint = { url: product.url, apiKey: await keyFor(product) }
  const streams = await openStreams(endpoint, 'demo/demo+chunks=1000+interval=100')
  const ended = product.stop()
  const answers = await Promise.all(streams)
  expect(answers.filter(({ complete }) => complete)).toEqual([])
  expect(await ended).toEqual({ code: 0, signal: null })

  const { audit, usage } = await rowsOf(product)
  const ids = answers.map(({ id }) => id).sort()
  const cut = audit.filter(({ marker }) => marker?.startsWith('stream-'))
  expect(cut.map(({ id }) => id).sort()).toEqual(ids)
  expect(cut.filter(({ outcome }) => outcome === 'ok')).toEqual([])
  expect(
    usage
      .map(({ id }) => id)
      .filter((id) => ids.includes(id))
      .sort(),
  ).toEqual(ids)
})

/** The first start's key reaches resources only; this one calls models of the demo connection by their names. */
async function keyFor({ vmx }: RunningProduct): Promise<string> {
  const { stdout } = await vmx('api-key', 'create', 'streams', '--connection', 'demo')
  const { value }: { value: string } = JSON.parse(stdout)
  return value
}

/** Resolves once each stream has sent something; the promises inside, when it has ended. */
async function openStreams(endpoint: { url: string; apiKey: string }, model: string): Promise<Promise<Answer>[]> {
  const agent = new Agent({ keepAlive: true })
  const begun: Promise<void>[] = []
  const streams = Array.from({ length: STREAMS }, (_, index) => {
    const asked: Asked = { marker: `stream-${index}`, model, stream: true }
    const { promise, resolve } = Promise.withResolvers<void>()
    begun.push(promise)
    return ask(endpoint, asked, { agent, onText: () => resolve() })
  })
  await Promise.all(begun)
  return streams
}

const rowsOf = ({ dataDir }: RunningProduct) => readRows(`pglite:${join(dataDir, 'db')}`)
