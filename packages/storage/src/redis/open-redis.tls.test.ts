import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { connect, eventually, increment, isConnected, newKey, ports, startServer } from './redis.fixture.ts'

describe('TLS', () => {
  const fixture = (name: string) => fileURLToPath(new URL(`../db/__fixtures__/${name}`, import.meta.url))
  const caFile = fixture('localhost-cert.pem')
  const tls = { certFile: caFile, keyFile: fixture('localhost-key.pem') }

  test('a certificate that the given authority vouches for is accepted, by the name that it is for alone', async () => {
    const server = await startServer({ tls })
    await isConnected(connect(`rediss://localhost:${server.port}`, { caFile }).redis)
    const { logged } = connect(`rediss://127.0.0.1:${server.port}`, { caFile })
    await eventually(() => expect(logged).toEqual([expect.stringContaining("not in the cert's list")]))
  })

  test('a certificate that nobody vouches for, or another authority, is refused', async () => {
    const server = await startServer({ tls })
    const dir = mkdtempSync(join(tmpdir(), 'vmx-ca-'))
    const otherCa = join(dir, 'ca.pem')
    const words = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=other',
    ]
    execFileSync('openssl', [...words, '-keyout', join(dir, 'key.pem'), '-out', otherCa], { stdio: 'ignore' })
    for (const options of [{}, { caFile: otherCa }]) {
      const { redis, logged } = connect(`rediss://localhost:${server.port}`, options)
      await eventually(() => expect(logged).toEqual([expect.stringMatching(/self-signed|unable to verify/)]))
      expect(redis.state().connected).toBe(false)
    }
    rmSync(dir, { recursive: true })
  })

  test('of a cluster each node is verified by the name that it announces', async () => {
    const [port = 0] = await ports.freePorts(1)
    const named = {
      'cluster-announce-hostname': 'localhost',
      'cluster-announce-ip': '127.0.0.1',
      'cluster-preferred-endpoint-type': 'hostname',
    }
    const secure = { 'tls-cluster': 'yes', 'tls-ca-cert-file': JSON.stringify(caFile) }
    const config = { 'cluster-enabled': 'yes', 'cluster-port': port, ...named, ...secure }
    const server = await startServer({ tls, config })
    await server.command('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383)
    await eventually(async () => expect(await server.command('CLUSTER', 'INFO')).toContain('cluster_state:ok'))
    const { redis } = connect(`rediss+cluster://localhost:${server.port}`, { caFile })
    await isConnected(redis)
    expect(await redis.run(increment, [newKey()], [1])).toBe(1)
    const heard: string[] = []
    redis.subscribe('vmx:test', (message) => heard.push(message))
    await eventually(async () => {
      await redis.publish('vmx:test', 'told')
      expect(heard).toContain('told')
    })
    await server.command('CONFIG', 'SET', 'cluster-preferred-endpoint-type', 'ip')
    const { redis: byAddress, logged } = connect(`rediss+cluster://localhost:${server.port}`, { caFile })
    await eventually(() => expect(logged).toEqual([expect.stringContaining("not in the cert's list")]))
    expect(byAddress.state().connected).toBe(false)
  })

  test('an authority that can not be read, is none, or is for no TLS, is an error', () => {
    const open = (url: string, file: string) => () => connect(url, { caFile: file })
    expect(open('rediss://h', '/nowhere/ca.pem')).toThrow('can not be read')
    const dir = mkdtempSync(join(tmpdir(), 'vmx-ca-'))
    writeFileSync(join(dir, 'empty.pem'), '')
    for (const file of [join(dir, 'empty.pem'), tls.keyFile, fileURLToPath(import.meta.url)])
      expect(open('rediss://h', file)).toThrow('The certificate file holds no certificate')
    rmSync(dir, { recursive: true })
    expect(open('redis://h', caFile)).toThrow('write rediss://')
  })
})
