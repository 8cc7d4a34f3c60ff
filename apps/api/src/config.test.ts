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

  it('takes an empty value for one that is not set', () => {
    expect(readConfig({ PORT: '' }).port).toBe(3000)
  })

  it('names every problem at once, without values', () => {
    const said = problems({
      PORT: 'secret',
      AUDIT_ON_FULL: 'secret',
      DATABASE_URL: 'mysql://secret',
      REDIS_URL: 'redis://secret',
    })
    for (const name of ['PORT', 'AUDIT_ON_FULL', 'DATABASE_URL', 'REDIS_URL']) expect(said).toContain(`  ${name}: `)
    expect(said).not.toContain('secret')
  })

  it('refuses what would have no effect', () => {
    expect(problems({ ROLES: 'gateway' })).toContain('ROLES: has no effect in this version')
    expect(problems({ DATABASE_RO_URL: 'postgres://reader' })).toContain('need a DATABASE_URL of PostgreSQL')
    expect(problems({ USAGE_URL: 'questdb://x' })).toContain('USAGE_URL: only database:')
  })
})
