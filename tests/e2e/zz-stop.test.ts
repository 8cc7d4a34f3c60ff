import OpenAI from 'openai'
import { test } from 'vitest'
import { aimockWorld } from './worlds.ts'
test('stop', async () => {
  const w = await aimockWorld()
  for (const model of [...w.models.filter((m) => m !== 'aimock-slow'), 'slow', 'abortstream', 'abortearly', 'abortjson']) {
    const world = model === w.models[0] ? w : await aimockWorld()
    const openai = new OpenAI({ apiKey: world.apiKey, baseURL: world.product.url + '/v1', maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'x' }]
    const m: Record<string, string> = { slow: 'aimock-slow', abortstream: 'upstream/demo+chunks=1000+interval=500', abortearly: 'upstream/demo+delay=100000', abortjson: 'upstream/demo+delay=100001' }
    if (m[model]) {
      const c = new AbortController()
      const call = openai.chat.completions.create({ model: m[model], messages, stream: model !== 'abortjson' }, { signal: c.signal })
      call.catch(() => {})
      if (model === 'slow' || model === 'abortstream') { const d = await call; if (!('choices' in d)) for await (const _ of d) break }
      else await world.upstream.requests.waitFor((r) => r.model !== undefined)
      c.abort()
    } else {
      await (async () => { for await (const _ of await openai.chat.completions.create({ model, messages, stream: true })); })().catch(() => {})
      await openai.chat.completions.create({ model, messages }).catch(() => {})
    }
    const t = Date.now()
    await world.product.stop()
    if (Date.now() - t > 1000) console.log('SLOWSTOP', model, Date.now() - t)
    await world.stopUpstreams()
  }
}, 400000)
