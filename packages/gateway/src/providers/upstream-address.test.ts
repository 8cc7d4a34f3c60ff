import type { LookupAddress } from 'node:dns'
import type { Dispatcher } from 'undici'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { compileSnapshot } from '../catalog/snapshot.ts'
import { connectionEntry, environmentEntry } from '../testing/catalog-double.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import { Upstream } from '../testing/upstream.ts'
import { AddressNotAllowed, UpstreamAddressPolicy } from './upstream-address.ts'
import { UpstreamPools } from './upstream-pools.ts'

const none = new UpstreamAddressPolicy('')
const everything = new UpstreamAddressPolicy('0.0.0.0/0, [::]/0')

const inside = [
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '198.18.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '224.0.0.1',
  '192.0.2.1',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '::127.0.0.1',
  '::7f00:1',
  '::a00:1',
  'fc00::1',
  'fd12::1',
  'fec0::1',
  'ff02::1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::a00:1',
  '64:ff9b:1::a00:1',
  '2002:7f00:1::',
  '2002:a00:1::1',
  '2001::1',
  '2001:db8::1',
  '100::1',
  '::ffff:0:127.0.0.1',
  '4000::1',
]

const never = [
  '0.0.0.0',
  '0.1.2.3',
  '::',
  '169.254.169.254',
  '169.254.0.1',
  'fe80::1',
  'fe80::1%eth0',
  '::ffff:169.254.169.254',
  '::ffff:0.0.0.0',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  'fd00:ec2::254',
  'FD00:0EC2:0:0:0:0:0:0254',
  '::ffff:168.63.129.16',
  '::ffff:100.100.100.200',
]

describe('UpstreamAddressPolicy', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
    'reaches the public address %s',
    (address) => {
      expect(none.allows(address, 443)).toBe(true)
    },
  )

  it.each(inside)('reaches %s only where the operator lists it', (address) => {
    expect(none.allows(address, 443)).toBe(false)
  })

  it.each(never)('never reaches %s, whatever the operator lists', (address) => {
    expect(none.allows(address, 80)).toBe(false)
    expect(everything.allows(address, 80)).toBe(false)
    expect(
      new UpstreamAddressPolicy(address.includes(':') ? `[${address.replace('%eth0', '')}]` : address).allows(
        address,
        80,
      ),
    ).toBe(false)
  })

  it.each(['', 'localhost', 'example.com', '1.2.3', '127.0.0.1.', '[::1]'])('takes %j for no address', (text) => {
    expect(everything.allows(text, 80)).toBe(false)
  })

  it.each([
    ['127.0.0.1:11434', '127.0.0.1', 11434, true],
    ['127.0.0.1:11434', '127.0.0.1', 11435, false],
    ['127.0.0.1:11434', '127.0.0.2', 11434, false],
    ['127.0.0.1', '127.0.0.1', 1, true],
    ['127.0.0.1', '::ffff:127.0.0.1', 1, true],
    ['10.1.0.0/16:443', '10.1.255.1', 443, true],
    ['10.1.0.0/16:443', '10.2.0.1', 443, false],
    ['10.1.0.0/16:443', '10.1.0.1', 80, false],
    ['10.1.0.0/16', '10.1.0.1', 80, true],
    ['[::1]:8000', '::1', 8000, true],
    ['[::1]:8000', '::1', 8001, false],
    ['[::1]', '::1', 8001, true],
    ['[fd00::]/8:443', 'fd12::1', 443, true],
    ['[fd00::]/8', '10.0.0.1', 443, false],
    [' 10.0.0.1:80 , ,[::1]:80 ', '::1', 80, true],
  ])('with %j, %s at port %i is allowed: %s', (rules, address, port, allowed) => {
    expect(new UpstreamAddressPolicy(rules).allows(address, port)).toBe(allowed)
  })

  it.each([
    'localhost',
    '10.0.0.0/33',
    '10.0.0.1:0',
    '10.0.0.1:65536',
    '10.0.0.1:x',
    '10.1',
    '[10.0.0.1',
    '::1',
    '[::1',
    '[fd00::/8]',
    '[::1]/129',
    '*',
    '10.0.0.0/',
    'http://10.0.0.1',
    '10.0.0.1/8/8',
    '[10.0.0.1/8]/8',
  ])('refuses the rule %j, naming it', (rule) => {
    expect(() => new UpstreamAddressPolicy(`127.0.0.1, ${rule}`)).toThrow(`'${rule}'`)
  })
})

describe('UpstreamAddressPolicy.checkLiteral', () => {
  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[0:0:0:0:0:0:0:1]',
    '169.254.169.254',
    '2852039166',
    '１２７.0.0.1',
  ])('refuses http://%s/ as a URL spells it', (host) => {
    expect(() => none.checkLiteral(new URL(`http://${host}/`).hostname, 80)).toThrow(AddressNotAllowed)
  })

  it('leaves names to the moment at which they resolve', () => {
    expect(() => none.checkLiteral('localhost', 80)).not.toThrow()
  })
})

describe('UpstreamAddressPolicy.lookup', () => {
  const resolve = (policy: UpstreamAddressPolicy, port: number, all: boolean) =>
    new Promise<string | LookupAddress[]>((found, failed) => {
      policy.lookup(port)('localhost', { all }, (error, address) => (error ? failed(error) : found(address)))
    })

  it.each([true, false])('refuses a name that stands for no allowed address (all: %s)', async (all) => {
    await expect(resolve(none, 80, all)).rejects.toMatchObject({ code: 'address_not_allowed' })
  })

  it('answers only those addresses of a name that are allowed at the port', async () => {
    const policy = new UpstreamAddressPolicy('127.0.0.1:80')
    expect(await resolve(policy, 80, false)).toBe('127.0.0.1')
    expect(await resolve(policy, 80, true)).toEqual([{ address: '127.0.0.1', family: 4 }])
    await expect(resolve(policy, 81, true)).rejects.toMatchObject({ code: 'address_not_allowed' })
  })
})

describe('UpstreamPools', () => {
  let upstream: Upstream
  let pools: UpstreamPools | undefined
  beforeEach(async () => {
    upstream = await Upstream.start()
  })
  afterEach(async () => {
    await pools?.close()
    await upstream.close()
  })

  const noRules = () => ({ decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }) })

  const connection = (id: string) => {
    const compiled = compileSnapshot(environmentEntry([connectionEntry(id)], []), noRules).connections.get(`${id}-name`)
    if (!compiled) throw new Error('not compiled')
    return compiled
  }

  const request = async (allow: string, baseUrl: string): Promise<number> => {
    pools = new UpstreamPools(new UpstreamAddressPolicy(allow), new DrivenClock())
    const { pool, basePath } = pools.get(connection('a'), baseUrl)
    return new Promise((resolve, reject) => {
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart: () => {},
        onResponseStart: (_controller, status) => resolve(status),
        onResponseData: () => {},
        onResponseEnd: () => {},
        onResponseError: (_controller, error) => reject(error),
      }
      pool.dispatch({ method: 'GET', path: `${basePath}/x` }, handler)
    })
  }

  it.each(['127.0.0.1', '[::ffff:127.0.0.1]', '0x7f.1', 'localhost', 'LOCALHOST'])(
    'opens no connection to http://%s when it is not listed',
    async (host) => {
      await expect(request('', `http://${host}:${upstream.port}`)).rejects.toMatchObject({
        code: 'address_not_allowed',
      })
      await expect(request(`127.0.0.1:1, 10.0.0.0/8`, `http://${host}:${upstream.port}`)).rejects.toThrow(
        AddressNotAllowed,
      )
      expect(upstream.connections).toBe(0)
    },
  )

  it.each(['127.0.0.1', 'localhost'])('reaches http://%s when its address and port are listed', async (host) => {
    await expect(request(`127.0.0.1:${upstream.port}`, `http://${host}:${upstream.port}/v1/`)).resolves.toBe(200)
    expect(upstream.requests.map(({ path }) => path)).toEqual(['/v1/x'])
  })

  it('keeps one pool for a connection and replaces it when its address changes', () => {
    pools = new UpstreamPools(new UpstreamAddressPolicy('127.0.0.1'), new DrivenClock())
    const first = pools.get(connection('a'), 'http://127.0.0.1:1')
    expect(pools.get(connection('a'), 'http://127.0.0.1:1')).toBe(first)
    expect(pools.get(connection('b'), 'http://127.0.0.1:1').pool).not.toBe(first.pool)
    expect(pools.get(connection('a'), 'http://127.0.0.1:2').pool).not.toBe(first.pool)
    expect(first.pool.closed).toBe(true)
  })

  it('closes the pools that were not used for ten minutes', () => {
    const clock = new DrivenClock()
    pools = new UpstreamPools(new UpstreamAddressPolicy('127.0.0.1'), clock)
    const use = (id: string) => pools?.get(connection(id), 'http://127.0.0.1:1').pool
    const [gone, used] = [use('a'), use('b')]
    clock.advance(599_000)
    expect(use('b')).toBe(used)
    clock.advance(61_000)
    use('b')
    expect([gone?.closed, used?.closed, pools.size]).toEqual([true, false, 1])
    expect(use('a')).not.toBe(gone)
  })

  it('closes each pool once, however often it is told to, also one that still had something to do', async () => {
    upstream.answer = () => {}
    const open = new UpstreamPools(new UpstreamAddressPolicy('127.0.0.1'), new DrivenClock())
    const { pool } = open.get(connection('a'), upstream.url)
    const failed = new Promise<Error>((resolve) => {
      pool.dispatch(
        { method: 'GET', path: '/' },
        {
          onRequestStart: () => {},
          onResponseStart: () => {},
          onResponseData: () => {},
          onResponseEnd: () => {},
          onResponseError: (_controller, error) => resolve(error),
        },
      )
    })
    await vi.waitFor(() => expect(upstream.requests).toHaveLength(1))
    open.get(connection('a'), 'http://127.0.0.1:1')
    expect([pool.closed, pool.destroyed]).toEqual([true, false])
    await Promise.all([open.close(), open.close()])
    expect(await failed).toBeInstanceOf(Error)
    expect([pool.destroyed, open.size]).toEqual([true, 0])
  })
})
