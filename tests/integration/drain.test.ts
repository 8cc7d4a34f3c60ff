import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Answer, ask } from './load.ts'
import { endProducts, type Product, startProduct, temporaryDirectory } from './product.ts'
import { readRows } from './records.ts'

const STREAMS = 20

let directory: ReturnType<typeof temporaryDirectory>

beforeEach(() => {
  directory = temporaryDirectory()
})

afterEach(async () => {
  await endProducts()
  directory.remove()
})

const dataDir = () => join(directory.path, 'data')
const rows = () => readRows(`pglite:${join(dataDir(), 'db')}`)

it('finishes the streams under way after SIGTERM, takes no new connection, loses no record and exits with 0', async () => {
  const product = await start({})
  const streams = await openStreams(product, 'first/demo+chunks=40+interval=50')
  product.signal('SIGTERM')
  await saying(product, 'SIGTERM')
  await refusing(product)
  const answers = await Promise.all(streams.ended)
  expect(answers.filter(({ complete }) => !complete)).toEqual([])
  expect(await product.exited).toBe(0)
  const { audit, usage } = await rows()
  const ids = answers.map(({ id }) => String(id)).sort()
  const streamed = audit.filter(({ marker }) => marker?.startsWith('stream-'))
  expect(streamed.map(({ id }) => id).sort()).toEqual(ids)
  expect(streamed.filter(({ outcome }) => outcome !== 'ok')).toEqual([])
  expect(usage.filter(({ outputTokens }) => outputTokens > 0).map(({ id }) => id).sort()).toEqual(ids)
})

it('cuts what has not ended within the grace time, records it and exits with 0', async () => {
  const product = await start({ SHUTDOWN_GRACE_MS: '300' })
  const streams = await openStreams(product, 'first/demo+chunks=1000+interval=100')
  product.signal('SIGTERM')
  const answers = await Promise.all(streams.ended)
  expect(answers.filter(({ complete }) => complete)).toEqual([])
  expect(await product.exited).toBe(0)
  const { audit, usage } = await rows()
  const cut = audit.filter(({ marker }) => marker?.startsWith('stream-'))
  expect(cut.map(({ id }) => id).sort()).toEqual(answers.map(({ id }) => String(id)).sort())
  expect(cut.filter(({ outcome }) => outcome === 'ok')).toEqual([])
  expect(usage.filter(({ id }) => cut.some((row) => row.id === id))).toHaveLength(STREAMS)
})

it('answers a connection that was open before with 503 and says that it is draining', async () => {
  const product = await start({})
  const agents = [kept(), kept()] as const
  const busy = await Promise.all(agents.map((agent) => openStream(product, 'first/demo+chunks=30+interval=50', agent)))
  product.signal('SIGTERM')
  await saying(product, 'SIGTERM')
  // Sent behind the stream on the same connection, before the server could close it.
  const answers = await Promise.all(busy.map(({ ended }) => ended))
  expect(answers.every(({ complete }) => complete)).toBe(true)
  expect(await product.exited).toBe(0)
})

const kept = () => new Agent({ keepAlive: true, maxSockets: 1 })

async function start(settings: Record<string, string>) {
  const product = await startProduct({ DATA_DIR: dataDir(), ...settings })
  return product
}
