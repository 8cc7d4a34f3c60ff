import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

const problems = (env: Record<string, string>) => {
  try {
    readConfig(env)
    return ''
  } catch (error) {
    return error instanceof ConfigError ? error.message : String(error)
  }
}

describe('readConfig', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: 'pglite:data/db',
      auditDurability: 'strict',
    })
  })

  it('puts everything below DATA_DIR that is not set apart', () => {
    expect(readConfig({ DATA_DIR: '/d', JOURNAL_DIR: '/j' })).toMatchObject({
      databaseUrl: 'pglite:/d/db',
      vaultUrl: 'libsodium:file=/d/key',
      journalDir: '/j',
    })
  })

  it('takes a server or a cluster of Redis, and goes on in each process where it is away', () => {
    expect(readConfig({ REDIS_URL: 'redis+cluster://u:p@a:1,b:2' })).toMatchObject({
      redisUrl: 'redis+cluster://u:p@a:1,b:2',
      redisTimeoutMs: 1000,
      capacityOnFailure: 'local',
    })
  })

  it('takes the address of a console, and nothing else that looks like one', () => {
    expect(readConfig({ CONSOLE_URL: 'https://console.example.com' }).consoleUrl).toBe('https://console.example.com')
    for (const wrong of ['console.example.com', 'ftp://console.example.com', 'http://'])
      expect(problems({ CONSOLE_URL: wrong })).toContain('CONSOLE_URL: must start with http:// or https://')
  })

  it('takes an empty value for one that is not set', () => {
    expect(readConfig({ PORT: '' }).port).toBe(3000)
  })

  it('names every problem at once, without values', () => {
    const said = problems({
      PORT: 'secret',
      AUDIT_ON_FULL: 'secret',
      DATABASE_URL: 'mysql://secret',
      REDIS_URL: 'redis://:secret@',
    })
    for (const name of ['PORT', 'AUDIT_ON_FULL', 'DATABASE_URL', 'REDIS_URL']) expect(said).toContain(`  ${name}: `)
    expect(said).not.toContain('secret')
  })

  it.each([
    [{ PORT: 'abc' }, 'PORT: must be a whole number from 0 to 65535'],
    [{ PORT: '65536' }, 'PORT: must be a whole number from 0 to 65535'],
    [{ MAX_BODY_MB: '1.5' }, 'MAX_BODY_MB: must be a whole number from 1 to 1024'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: must be one of error, warn, info, debug'],
    [{ TRUSTED_PROXIES: '10.0.0.0/8, proxy.local' }, 'TRUSTED_PROXIES: must be IP addresses or CIDR ranges'],
    [{ TRUSTED_PROXIES: '10.0.0.0/33' }, 'TRUSTED_PROXIES: must be IP addresses or CIDR ranges'],
    [{ DATABASE_URL: 'postgres://u:p@:x/d' }, 'DATABASE_URL: The PostgreSQL URL is not valid'],
    [
      { DATABASE_URL: 'postgres://h/d', DATABASE_RO_URL: 'postgres://h/d?sslmode=prefer' },
      'DATABASE_RO_URL: The PostgreSQL URL has sslmode=prefer',
    ],
    [
      { DATABASE_URL: 'postgres://h/d', DATABASE_LISTEN_URL: 'postgres://u:p@:x/d' },
      'DATABASE_LISTEN_URL: The PostgreSQL URL is not valid',
    ],
    [
      { DATABASE_URL: 'postgres://h/d', DATABASE_LISTEN_URL: 'pglite:memory' },
      'DATABASE_LISTEN_URL: must start with postgres://',
    ],
    [
      { DATABASE_URL: 'postgres://h/d?sslmode=require', DATABASE_CA_FILE: '/no/such.pem' },
      'DATABASE_URL: The certificate file can not be read: ENOENT',
    ],
    [{ REDIS_URL: 'redis://h?db=1' }, 'REDIS_URL: takes no parameters'],
    [{ REDIS_URL: 'redis://h', REDIS_CA_FILE: '/no/such.pem' }, 'REDIS_URL: is without TLS, but a certificate'],
    [{ REDIS_URL: 'rediss://h', REDIS_CA_FILE: '/no/such.pem' }, 'REDIS_URL: The certificate file can not be read'],
    [{ REDIS_URL: 'redis://h', REDIS_TIMEOUT_MS: '49' }, 'REDIS_TIMEOUT_MS: must be a whole number from 50 to 60000'],
    [{ REDIS_URL: 'redis://h', CAPACITY_ON_FAILURE: 'no' }, 'CAPACITY_ON_FAILURE: must be one of local, deny, allow'],
    [{ DATA_DIR: `/${'d'.repeat(120)}` }, 'DATA_DIR: is too long for the socket in it'],
  ])('says in plain words what is wrong: %j', (env, problem) => {
    expect(problems(env)).toContain(`\n  ${problem}`)
  })

  it('takes addresses and ranges of proxies, of both families', () => {
    expect(readConfig({ TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1,fd00::/8 ,::1' }).trustedProxies).toEqual([
      '10.0.0.0/8',
      '127.0.0.1',
      'fd00::/8',
      '::1',
    ])
  })

  it('refuses what would have no effect', () => {
    expect(problems({ ROLES: 'gateway' })).toContain('ROLES: has no effect in this version')
    for (const name of ['DATABASE_RO_URL', 'DATABASE_MIGRATE_URL', 'DATABASE_LISTEN_URL', 'DATABASE_CA_FILE'])
      expect(problems({ [name]: 'postgres://reader' })).toContain(`${name}: has no effect without a DATABASE_URL of`)
    for (const [name, value] of [
      ['REDIS_CA_FILE', '/ca.pem'],
      ['REDIS_TIMEOUT_MS', '1000'],
      ['CAPACITY_ON_FAILURE', 'deny'],
    ] as const)
      expect(problems({ [name]: value })).toContain(`${name}: has no effect without REDIS_URL`)
    expect(problems({ USAGE_URL: 'questdb://x' })).toContain('USAGE_URL: only database:')
  })
})
