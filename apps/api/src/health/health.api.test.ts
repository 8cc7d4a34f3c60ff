import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HealthModule } from './health.module.ts'
import type { HealthReport } from './health.ts'

let report: HealthReport
let app: NestFastifyApplication

const reportOf = (status: HealthReport['status']): HealthReport => ({
  status,
  journal: { depth: 7, bytes: 700, oldestAgeMs: 70, setAside: 1, full: status === 'full' },
  audit: { protected: false, reason: 'why' },
  redis: {
    connected: false,
    since: null,
    noeviction: null,
    reason: 'connect ECONNREFUSED 127.0.0.1:6379',
    limits: { replicas: 1, away: null },
  },
})

beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(
    HealthModule.of({ report: () => report }),
    new FastifyAdapter({ logger: false }),
    { logger: false, abortOnError: false },
  )
  await app.init()
  await app.getHttpAdapter().getInstance().ready()
})

afterAll(async () => await app.close())

describe('GET /health/ready', () => {
  it.each([
    ['ok', 200],
    ['starting', 503],
    ['draining', 503],
    ['full', 503],
    ['evicting', 503],
  ] as const)(
    '%s: %i, with what waits in the journal, what guards the audit and how Redis is',
    async (status, code) => {
      report = reportOf(status)
      const answer = await app.inject('/health/ready')
      expect(answer.statusCode).toBe(code)
      expect(answer.json()).toEqual(report)
    },
  )
})

describe('GET /health/live', () => {
  it.each(['starting', 'draining', 'full'] as const)('200 also while %s', async (status) => {
    report = reportOf(status)
    const answer = await app.inject('/health/live')
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }])
  })
})
