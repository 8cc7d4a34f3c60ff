import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  acquainted,
  type Cluster,
  CONCURRENT,
  failWhereUnheeded,
  LIFETIME,
  limited,
  openReplicas,
  type Replica,
  startCluster,
  until,
  usedBy,
} from './replicas.fixture.ts'

let cluster: Cluster
let replicas: Replica[]
failWhereUnheeded()
beforeAll(async () => {
  cluster = await startCluster()
  replicas = await openReplicas(2, { url: cluster.url, timeoutMs: 300 })
  await acquainted(replicas)
})
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.close()))
  await cluster.stop()
})

test('where a master of a cluster dies, its workspaces are admitted by shares until it is replaced, and no others', async () => {
  const [lost, kept] = await workspacesOfTwoMasters()
  const of = (workspace: string) => [
    limited({ key: `${workspace} minute`, maxRequests: 100, tokens: 10 }),
    limited({ key: `${workspace} life`, window: LIFETIME, tokens: 10 }),
    limited({ key: `${workspace} places`, window: CONCURRENT, maxRequests: 1000 }),
  ]
  const [minute = limited(), life = limited(), places = limited()] = of(lost)
  const before = []
  for (const replica of replicas) before.push(...(await replica.take(20, ...of(lost))))
  await Promise.all(replicas.map((replica) => replica.take(20, ...of(kept))))
  await (await cluster.masterOf(lost)).kill()
  const meanwhile = await Promise.all(replicas.map((replica) => replica.take(100, ...of(lost))))
  // Of 100 each has half, less half of the 20 and the 40 that it last saw.
  expect(meanwhile.map(({ length }) => length)).toEqual([40, 30])
  expect(await replicas[0]?.take(10, ...of(kept))).toHaveLength(10)
  expect(replicas.map(({ store }) => store.state().away?.workspaces)).toEqual([1, 1])
  await until(() => replicas.every(({ away }) => !away))
  const used = await usedBy(replicas, life)
  expect(used.requests).toBeGreaterThanOrEqual(70)
  expect(used.requests).toBeLessThanOrEqual(110)
  await until(async () => (await usedBy(replicas, places)).requests >= 70)
  for (const [index, receipts] of [before.slice(0, 20), before.slice(20)].entries())
    for (const receipt of [...receipts, ...(meanwhile[index] ?? [])]) replicas[index]?.store.settle(receipt, 10)
  await until(async () => (await usedBy(replicas, places)).requests === 0)
  expect(await usedBy(replicas, life)).toEqual(used)
  expect(await replicas[0]?.take(1, minute)).toHaveLength(0)
  expect(await usedBy(replicas, of(kept)[1] ?? life)).toMatchObject({ requests: 50 })
})

async function workspacesOfTwoMasters(): Promise<[string, string]> {
  const first = `{${randomUUID()}}`
  const urlOf = async (workspace: string) => (await cluster.masterOf(workspace)).url
  for (;;) {
    const second = `{${randomUUID()}}`
    if ((await urlOf(first)) !== (await urlOf(second))) return [first, second]
  }
}
