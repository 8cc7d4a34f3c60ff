import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common'
import { GatewayError } from '@vm-x/gateway'
import { describe, expect, test } from 'vitest'
import { asProblem } from './problem.filter.ts'
import { Problem } from './problem.ts'

const failure = (message: string, fields: object = {}) => Object.assign(new Error(message), fields)

describe('what is thrown is answered', () => {
  test.each([
    ['a refused connection', failure('connect ECONNREFUSED 127.0.0.1:5432', { code: 'ECONNREFUSED' })],
    ['a name that does not resolve', failure('getaddrinfo EAI_AGAIN db', { code: 'EAI_AGAIN' })],
    ['a shutdown', failure('terminating connection due to administrator command', { code: '57P01' })],
    ['too many connections', failure('sorry, too many clients already', { code: '53300' })],
    ['a connection exception', failure('connection does not exist', { code: '08003' })],
    ['a statement that took too long', failure('canceling statement due to statement timeout', { code: '57014' })],
    ['a connection that was lost', new Error('Connection terminated unexpectedly')],
    ['no connection in time', new Error('timeout exceeded when trying to connect')],
    ['silence', new Error('PostgreSQL has not answered')],
    ['an embedded database that has ended', new Error('The embedded database has stopped')],
  ])('503, and when to come back, for %s', (_what, error) => {
    const problem = asProblem(error)
    expect(problem).toMatchObject({ status: 503, code: 'unavailable', retryAfterMs: 1000, cause: error })
    expect(JSON.stringify(problem.body())).not.toContain(error.message)
  })

  test('503, with what the gateway says of it, for what its request path can not do now', () => {
    const error = new GatewayError('unavailable', 'What counts limits is away', { retryAfterMs: 5000 })
    const problem = asProblem(error)
    expect(problem).toMatchObject({ status: 503, code: 'unavailable', retryAfterMs: 5000, cause: error })
    expect(problem.body()).toMatchObject({ detail: error.message })
    expect(asProblem(new GatewayError('provider_unavailable', 'x'))).toMatchObject({ status: 500 })
  })

  test.each([
    ['23505', 409, 'name_taken'],
    ['23503', 409, 'conflict'],
    ['40P01', 409, 'conflict'],
    ['40001', 409, 'conflict'],
    ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 'body_too_large'],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 415, 'unsupported_media_type'],
    ['FST_ERR_CTP_INVALID_JSON_BODY', 400, 'malformed_request'],
  ])('%s with %i %s', (code, status, name) => {
    const error = failure('x', { code, statusCode: status })
    expect(asProblem(error)).toMatchObject({ status, code: name })
    expect(asProblem(new HttpException('x', status, { cause: error }))).toMatchObject({
      status,
      code: name,
      cause: error,
    })
  })

  test.each([
    new BadRequestException('x'),
    failure('Unexpected token', { statusCode: 400 }),
    new HttpException('x', 400, {
      cause: failure('x', { code: 'FST_ERR_CTP_INVALID_CONTENT_LENGTH', statusCode: 400 }),
    }),
  ])('what no framework could read with 400: %s', (error) => {
    expect(asProblem(error)).toMatchObject({ status: 400, code: 'malformed_request' })
  })

  test('a problem as it is, and what no route is for with 404', () => {
    const problem = new Problem('in_use', 'Somebody has it')
    expect(asProblem(problem)).toBe(problem)
    expect(asProblem(new NotFoundException()).status).toBe(404)
  })

  test.each([
    failure('password authentication failed for user "vmx"', { code: '28P01' }),
    failure('relation "user" does not exist', { code: '42P01' }),
    new TypeError('undefined is not a function'),
    'a string',
  ])('anything else with 500, without a word of it: %s', (error) => {
    const problem = asProblem(error)
    expect(problem).toMatchObject({ status: 500, code: 'internal_error' })
    expect(problem.body().detail).toBe('The log says why, by the request id')
  })
})
