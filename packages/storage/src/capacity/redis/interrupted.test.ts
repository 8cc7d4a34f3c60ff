import type { Receipt } from '@vm-x/gateway'
import { DrivenClock } from '@vm-x/gateway/testing'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { testRedis } from '../../redis/test-redis.ts'
import {
  CONCURRENT,
  failWhereUnheeded,
  LIFETIME,
  limited,
  openReplicas,
  type Replica,
  until,
  usedBy,
} from './replicas.fixture.ts'

failWhereUnheeded()
const opened: Replica[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((replica) => replica.close()))
})

const STEP = fc.record({
  what: fc.constantFrom(
    'reserve',
    'reserve',
    'reserve',
    'settle',
    'settle',
    'release',
    'progress',
    'renew',
    'wait',
    'fault',
  ),
  by: fc.nat(1),
  n: fc.nat(60),
})
/** What goes wrong between a replica and Redis. A reservation whose answer is lost keeps its estimate: none is here. */
const FAULTS = [
  'none',
  'refused',
  'late',
  'answers of settlements lost',
  'answers of settlements late',
  'silent',
] as const

describe.each(testRedis)('on $kind', ({ url }) => {
  test('whatever goes wrong on the way and whenever, what is counted in the end is the sum of what was settled', async () => {
    const clock = new DrivenClock()
    const replicas = await openReplicas(2, { url: url(), clock, timeoutMs: 60 })
    opened.push(...replicas)
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 20, maxLength: 120 }), async (steps) => {
        const workspace = `{w${run++}}`
        const items = [
          limited({ key: `${workspace} life`, window: LIFETIME, tokens: 30 }),
          limited({ key: `${workspace} minute`, tokens: 30 }),
          limited({ key: `${workspace} places`, window: CONCURRENT }),
        ]
        const [life = limited(), , places = limited()] = items
        const sum = { requests: 0, tokens: 0 }
        const open: { replica: Replica; receipt: Receipt }[] = []
        const asked: Promise<unknown>[] = []
        const later: Promise<unknown>[] = []
        const pause = () => {
          const paused = new Promise((resolve) => setTimeout(resolve, 90))
          later.push(paused)
          return paused
        }
        const breakBy = (replica: Replica, fault: (typeof FAULTS)[number] | undefined) => {
          replica.meddle = async (name, go) => {
            if (fault === 'refused') throw new Error('refused')
            if (fault === 'silent') {
              await pause()
              throw new Error('closed')
            }
            const answer = await go()
            if (fault === 'late') await pause()
            if (name === 'settle' && fault === 'answers of settlements late') await pause()
            if (name === 'settle' && fault === 'answers of settlements lost') throw new Error('closed')
            return answer
          }
        }
        const settle = (at: number, tokens: number) => {
          const [each] = open.splice(at % Math.max(1, open.length), 1)
          if (!each) return
          each.replica.store.settle(each.receipt, tokens)
          sum.requests++
          sum.tokens += tokens
        }
        for (const { what, by, n } of steps) {
          const replica = replicas[by]
          const each = open[n % Math.max(1, open.length)]
          if (!replica) continue
          if (what === 'reserve') {
            const asking = replica.reserve(...items).then((answer) => {
              const [receipt] = answer.granted ? answer.receipts : []
              if (receipt) open.push({ replica, receipt })
            })
            asked.push(asking)
            if (n % 3 === 0) await asking
          } else if (what === 'wait') clock.advance(n * 10)
          else if (what === 'fault') breakBy(replica, FAULTS[n % FAULTS.length])
          else if (what === 'progress') each?.replica.store.progress(each.receipt, n * 2)
          else if (what === 'renew')
            replica.store.renew(open.filter((one) => one.replica === replica).map(({ receipt }) => receipt))
          else if (what === 'settle') settle(n, n)
          else if (each) {
            open.splice(open.indexOf(each), 1)
            each.replica.store.release(each.receipt)
          }
        }
        await Promise.all(asked)
        for (const replica of replicas) breakBy(replica, 'none')
        await Promise.all(later)
        // What was sent before may still be late, and a busy machine is late by itself.
        const used = async (item: typeof life) => {
          let found: unknown
          await until(async () => {
            found = await usedBy(replicas, item).catch(() => undefined)
            return found !== undefined && replicas.every(({ away }) => !away)
          })
          return found
        }
        expect(await used(life)).toBeDefined()
        if (run % 2 === 0) expect(await used(places)).toMatchObject({ requests: open.length })
        while (open.length > 0) settle(0, 11)
        await until(async () => JSON.stringify(await used(places)) === '{"requests":0,"tokens":0}')
        expect(await used(life)).toEqual(sum)
      }),
      // Each takes as long as Redis is away in it: a failure is not made smaller.
      { numRuns: 6, endOnFailure: true },
    )
  })
})
