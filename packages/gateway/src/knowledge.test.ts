import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConnectionEntry } from './catalog/catalog.ts'
import { complete } from './completion/pipeline.ts'
import { createGateway } from './gateway.ts'
import { silentLog } from './log.ts'
import { createProviders } from './providers/registry.ts'
import { UpstreamAddressPolicy } from './providers/upstream-address.ts'
import { CatalogDouble, connectionEntry, environmentEntry, resourceEntry } from './testing/catalog-double.ts'
import { DrivenClock } from './testing/driven-clock.ts'
import { KnowledgeDouble } from './testing/knowledge-double.ts'
import { LedgerDouble } from './testing/ledger-double.ts'
import { answerJson, Upstream } from './testing/upstream.ts'
import { VaultDouble } from './testing/vault-double.ts'

let upstream: Upstream
const closing: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  upstream = await Upstream.start()
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await upstream.close()
})

/** Replicas before one provider: the resource `gpt` at the connection `a`. */
function replicas(entry: Partial<ConnectionEntry> = {}) {
  const clock = new DrivenClock()
  const knowledge = new KnowledgeDouble(clock)
  const catalog = new CatalogDouble()
  const connection = connectionEntry('a', { baseUrl: upstream.url, provider: 'openai-compatible', ...entry })
  catalog.environments.set('e', environmentEntry([connection], [resourceEntry('gpt', ['a'], { retries: { max: 0 } })]))
  const key = catalog.addKey()
  return () => {
    const policy = new UpstreamAddressPolicy('127.0.0.1')
    const providers = createProviders({ vault: new VaultDouble(), policy, clock, demoUrl: 'http://127.0.0.1:9/v1' })
    const ledger = new LedgerDouble()
    const history = { charged: async () => [] }
    const parts = { catalog, ledger, history, providers, clock, log: silentLog, knowledge: knowledge.replica() }
    const gateway = createGateway(parts)
    closing.push(() => Promise.all([...providers.values()].map((provider) => provider.close())))
    closing.push(() => gateway.close())
    const ask = () =>
      complete(gateway, {
        id: '01900000-0000-7000-8000-000000000000',
        operation: 'chat',
        headers: { authorization: `Bearer ${key}` },
        body: Buffer.from('{"model":"gpt","messages":[{"role":"user","content":"hello"}]}'),
        sourceAddress: '192.0.2.1',
        signal: new AbortController().signal,
      })
    return { gateway, ask, ledger }
  }
}

describe('what one replica knows, another one goes by:', () => {
  it("a provider's 429 holds its target there too, without asking the provider", async () => {
    const replica = replicas()
    const [one, other] = [replica(), replica()]
    upstream.answer = answerJson('{}', 429, { 'retry-after': '30' })
    await expect(one.ask()).rejects.toMatchObject({ code: 'provider_rate_limited' })
    await expect(other.ask()).rejects.toMatchObject({ code: 'provider_rate_limited', retryAfterMs: 30_000 })
    expect(upstream.requests).toHaveLength(1)
    expect(await other.gateway.knowledgeOf('e')).toMatchObject({
      targets: [{ connectionId: 'a', model: 'm', heldForMs: 30_000 }],
    })
  })

  it('the limits that a provider tells are kept there too, where the connection says so', async () => {
    const replica = replicas({ discoveredCapacity: 'enforce' })
    const [one, other] = [replica(), replica()]
    upstream.answer = answerJson(undefined, 200, { 'x-ratelimit-limit-requests': '2' })
    await one.ask()
    await other.ask()
    await other.ask()
    await expect(other.ask()).rejects.toMatchObject({
      code: 'target_busy',
      limit: 'connection model minute requests discovered',
    })
    expect(upstream.requests).toHaveLength(3)
    expect(await other.gateway.capacityOf('e')).toMatchObject([
      { owner: 'connection model', model: 'm', discovered: true, requests: { limit: 2, used: 2 } },
    ])
  })

  it('the limits that a provider tells are shown and no more where the connection does not say so', async () => {
    const replica = replicas()
    const [one, other] = [replica(), replica()]
    upstream.answer = answerJson(undefined, 200, {
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '30s',
    })
    for (const each of [one, other]) for (let times = 0; times < 3; times++) await each.ask()
    expect(await other.gateway.capacityOf('e')).toEqual([])
    expect(await other.gateway.knowledgeOf('e')).toMatchObject({
      targets: [{ discovered: { requests: 1, tokens: undefined, enforced: false } }],
    })
  })

  it('a target whose limit is used up is left alone until it is free again, where the connection says so', async () => {
    const replica = replicas({ discoveredCapacity: 'enforce' })
    const [one, other] = [replica(), replica()]
    upstream.answer = answerJson(undefined, 200, {
      'x-ratelimit-limit-requests': '100',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '30s',
    })
    await one.ask()
    for (const each of [one, other])
      await expect(each.ask()).rejects.toMatchObject({ code: 'provider_rate_limited', retryAfterMs: 30_000 })
    expect(upstream.requests).toHaveLength(1)
  })

  it('what answers taught', async () => {
    const replica = replicas()
    const one = replica()
    for (let times = 0; times < 10; times++) await one.ask()
    await one.gateway.close()
    const late = replica()
    await late.ask()
    const estimates = (await vi.waitFor(() => late.ledger.records[0]))?.estimate
    expect(estimates?.output).toBe(3)
    const all = await late.gateway.knowledgeOf('e')
    const told = { answers: 11, reportedTokens: 110 }
    expect(all).toMatchObject({
      error: told,
      resources: [{ id: 'resource-gpt', error: told }],
      targets: [{ model: 'm', error: told }],
    })
    expect(late.gateway.estimateError()).toMatchObject({ answers: 1, reportedTokens: 10 })
  })
})
