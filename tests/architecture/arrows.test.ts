import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Which bare packages each workspace may import in its product code; its own tests may import more. */
const PACKAGES = {
  'packages/contract': ['zod'],
  'packages/gateway': ['@marcbachmann/cel-js', '@vm-x/contract', 'fastify', 'ipaddr.js', 're2js', 'undici', 'zod'],
  'packages/storage': [
    '@electric-sql/pglite',
    '@vm-x/contract',
    '@vm-x/gateway',
    'ioredis',
    'kysely',
    'libsodium-wrappers',
    'pg',
    'pg-copy-streams',
    'uuid',
  ],
  'apps/api': [
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/platform-fastify',
    '@scalar/fastify-api-reference',
    '@vm-x/contract',
    '@vm-x/gateway',
    '@vm-x/storage',
    'better-auth',
    'csv-stringify',
    'fastify',
    'kysely',
    'pino',
    'reflect-metadata',
    'rxjs',
    'uuid',
    'yaml',
    'zod',
  ],
  'apps/ui': [
    '@dnd-kit/core',
    '@dnd-kit/sortable',
    '@hookform/resolvers',
    '@mui/icons-material',
    '@mui/material',
    '@mui/material-nextjs',
    '@mui/x-charts',
    '@mui/x-data-grid',
    '@tanstack/react-query',
    '@vm-x/contract',
    'next',
    'openapi-fetch',
    'react',
    'react-hook-form',
    'zod',
    'zustand',
  ],
}

/** Inside the gateway: what each part may know. Root files are named without their ending. */
const GATEWAY: Record<string, string[]> = {
  cancel: [],
  clock: [],
  errors: [],
  'exchange-id': [],
  'lingering-close': [],
  log: [],
  vault: [],
  catalog: ['clock', 'errors', 'routing/routing'],
  'api-key': ['catalog', 'clock', 'errors'],
  routing: ['catalog', 'clock', 'errors', 'ledger/exchange-record'],
  capacity: ['catalog', 'clock', 'errors', 'ledger/exchange-record', 'log', 'wire/openai/tokens', 'wire/rate-limits'],
  wire: ['errors', 'ledger/exchange-record'],
  ledger: ['capacity/windows', 'clock', 'errors', 'log'],
  providers: ['cancel', 'catalog', 'clock', 'errors', 'ledger/exchange-record', 'vault', 'wire'],
  gate: ['capacity', 'catalog', 'clock', 'errors', 'ledger/exchange-record', 'wire/openai/tokens'],
  completion: [
    'api-key',
    'cancel',
    'catalog',
    'clock',
    'errors',
    'gate',
    'ledger',
    'providers/provider',
    'routing/routing',
    'wire',
  ],
  'read-body': ['errors'],
  answering: [
    'cancel',
    'completion',
    'errors',
    'exchange-id',
    'ledger/exchange-record',
    'lingering-close',
    'log',
    'providers/provider',
  ],
  plugin: [
    'answering',
    'completion',
    'errors',
    'exchange-id',
    'ledger/exchange-record',
    'lingering-close',
    'log',
    'read-body',
  ],
  'chat-as': ['answering', 'completion', 'errors', 'plugin', 'read-body'],
}
/** They join the parts, so they may know all of them. */
const WIRING = ['gateway', 'index', 'testing']

const isTest = (file: string) => /\.(test|contract|fixture)\.ts$|\/testing\/|\/test-/.test(file)

const imports = (file: string) =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /(?:^(?:import|export|\})[^']*?\bfrom |^import |\bimport\()'([^']+)'/gm,
    ),
  ].map((match) => match[1] ?? '')

const bareName = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

describe('the arrows between packages', () => {
  for (const [workspace, allowed] of Object.entries(PACKAGES)) {
    it(`${workspace} imports only what it may`, () => {
      const files = globSync(`${workspace}/src/**/*.{ts,tsx}`, { cwd: root }).filter((file) => !isTest(file))
      expect(files.length).toBeGreaterThan(0)
      const wrong = files.flatMap((file) =>
        imports(file)
          .filter((specifier) => !/^(\.|@\/|node:)/.test(specifier) && !allowed.includes(bareName(specifier)))
          .map((specifier) => `${file} imports ${specifier}`),
      )
      expect(wrong).toEqual([])
    })
  }

  it('nothing imports the API or the console, and no relative import leaves its workspace', () => {
    const files = globSync('{packages,apps}/*/src/**/*.{ts,tsx}', { cwd: root })
    const wrong = files.flatMap((file) =>
      imports(file)
        .filter(
          (specifier) =>
            specifier === '@vm-x/api' ||
            specifier === '@vm-x/ui' ||
            (specifier.startsWith('.') && workspaceOf(join(dirname(file), specifier)) !== workspaceOf(file)),
        )
        .filter((specifier) => !(isTest(file) && specifier.includes('/scripts/')))
        .map((specifier) => `${file} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('the arrows inside the gateway', () => {
  it('each part knows only what is below it', () => {
    const src = 'packages/gateway/src'
    const files = globSync(`${src}/**/*.ts`, { cwd: root }).filter((file) => !isTest(file))
    const wrong = files.flatMap((file) => {
      const part = partOf(relative(src, file))
      if (WIRING.includes(part)) return []
      const allowed = GATEWAY[part]
      if (!allowed) return [`${file} belongs to no part: add '${part}' to this test`]
      return imports(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => relative(src, join(dirname(file), specifier)).replace(/\.ts$/, ''))
        .filter(
          (target) =>
            partOf(target) !== part && !allowed.some((name) => target === name || target.startsWith(`${name}/`)),
        )
        .map((target) => `${file} imports ${target}`)
    })
    expect(wrong).toEqual([])
  })
})

const workspaceOf = (file: string) => file.split('/').slice(0, 2).join('/')
const partOf = (file: string) => (file.split('/')[0] ?? '').replace(/\.ts$/, '')
