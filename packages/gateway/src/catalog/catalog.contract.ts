// biome-ignore-all lint/suspicious/noThenProperty: the name that people write in rules
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiKeyEntry, Catalog, EnvironmentEntry, LimitsEntry } from './catalog.ts'

export type CatalogContent = {
  readonly environments: readonly EnvironmentEntry[]
  readonly apiKeys: readonly {
    readonly hash: string
    readonly entry: ApiKeyEntry
    /** The secret before the last rotation, and until when it works; milliseconds since the epoch. */
    readonly previous?: { readonly hash: string; readonly until: number }
  }[]
}

/** What every catalog promises. @param open a catalog that holds exactly `content`, closed after the last test */
export function catalogContract(
  open: (content: CatalogContent) => Promise<{ catalog: Catalog; close: () => Promise<void> }>,
): void {
  let catalog: Catalog
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open(content)
    catalog = opened.catalog
    close = opened.close
  })
  afterAll(() => close?.())

  test('answers an environment with all its connections and resources, and nothing of others', async () => {
    for (const environment of content.environments) {
      const found = await catalog.environment(environment.id)
      expect(found && sorted(found)).toEqual(sorted(environment))
    }
  })

  test('answers an API key by its hash, disabled and expired ones too: refusing them is not its part', async () => {
    for (const { hash, entry } of content.apiKeys) expect(await catalog.apiKey(hash)).toEqual(entry)
  })

  test('answers a rotated key by its previous secret too, and when that ends: also once it has', async () => {
    for (const { previous, entry } of content.apiKeys) {
      if (!previous) continue
      expect(await catalog.apiKey(previous.hash)).toEqual({ ...entry, secretEndsAt: previous.until })
    }
  })

  test('answers many API keys as it answers each alone, and leaves out those that do not exist', async () => {
    const hashes = content.apiKeys.flatMap(({ hash, previous }) => (previous ? [hash, previous.hash] : [hash]))
    const alone = await Promise.all(hashes.map(async (hash) => [hash, await catalog.apiKey(hash)] as const))
    expect(await catalog.apiKeys([...hashes, '0'.repeat(64), ''])).toEqual(new Map(alone))
    expect(await catalog.apiKeys([])).toEqual(new Map())
    expect([...(await catalog.apiKeys(hashes.slice(0, 1))).keys()]).toEqual(hashes.slice(0, 1))
  })

  test('what does not exist is undefined', async () => {
    expect(await catalog.apiKey('0'.repeat(64))).toBeUndefined()
    expect(await catalog.apiKey('')).toBeUndefined()
    expect(await catalog.environment(id(999))).toBeUndefined()
  })
}

const sorted = (entry: EnvironmentEntry): EnvironmentEntry => ({
  ...entry,
  connections: entry.connections.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  resources: entry.resources.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
})

const id = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`

const unlimited: LimitsEntry = { capacity: [], maxConcurrent: null }

/** Other numbers for each owner, so that no owner's can be taken for another's. */
const limits = (requests: number): LimitsEntry => ({
  capacity: [
    { period: 'minute', requests, reserve: 'expected', enabled: true },
    { period: 'month', tokens: requests * 1000, dimension: 'user', reserve: 'ceiling', enabled: false },
  ],
  maxConcurrent: requests,
})

const full: EnvironmentEntry = {
  id: id(2),
  workspaceId: id(1),
  timeZone: 'Europe/Berlin',
  workspaceLimits: limits(1),
  limits: limits(2),
  connections: [
    {
      id: id(10),
      name: 'Main',
      provider: 'openai',
      baseUrl: 'https://api.example.com/v1',
      sealedApiKey: 'v1.key.sealed',
      allowedModels: ['gpt-a', 'gpt-"b"', 'c,{d}\\'],
      models: {
        'gpt-"b"': { contextTokens: 128_000, maxOutputTokens: 4096, limits: limits(4) },
        constructor: { contextTokens: null, maxOutputTokens: null, limits: unlimited },
      },
      timeouts: { connectMs: 1, firstByteMs: 2, firstTokenMs: 3, idleMs: 4, totalMs: 5 },
      limits: limits(3),
      discoveredCapacity: 'enforce',
      enabled: true,
      version: 1,
    },
    {
      id: id(11),
      name: 'spare',
      provider: 'demo',
      baseUrl: null,
      sealedApiKey: null,
      allowedModels: null,
      models: {},
      timeouts: {},
      limits: { capacity: [], maxConcurrent: 0 },
      discoveredCapacity: 'ignore',
      enabled: false,
      version: 7,
    },
    {
      id: id(12),
      name: 'none-allowed',
      provider: 'demo',
      baseUrl: null,
      sealedApiKey: null,
      allowedModels: [],
      models: {},
      timeouts: {},
      limits: { capacity: [], maxConcurrent: Number.MAX_SAFE_INTEGER },
      discoveredCapacity: 'ignore',
      enabled: true,
      version: 2,
    },
  ],
  resources: [
    {
      id: id(20),
      name: 'assistant',
      model: { connectionId: id(10), model: 'gpt-a' },
      routing: [
        {
          description: 'long',
          enabled: true,
          when: { all: [{ field: 'tokens.input', op: 'gt', value: 0.1 }, { not: { any: [] } }] },
          then: { split: [{ target: { connectionId: id(11), model: 'b' }, weight: 100 }], sticky: 'request.user' },
          traffic: 50,
        },
        {
          description: '',
          enabled: false,
          when: { expression: 'true' },
          then: { block: 'no "more"' },
          traffic: 100,
        },
      ],
      secondaryModels: [
        { name: 'small', connectionId: id(10), model: 'c' },
        { name: null, connectionId: id(11), model: 'b' },
      ],
      fallbackModels: [
        { connectionId: id(11), model: 'b' },
        { connectionId: id(10), model: 'c' },
      ],
      fallbackOn: ['provider_timeout'],
      timeouts: { totalMs: 9 },
      retries: { max: 0, baseMs: 1, capMs: 2 },
      limits: limits(5),
      enabled: true,
    },
    {
      id: id(21),
      name: 'off',
      model: { connectionId: id(11), model: 'x' },
      routing: [],
      secondaryModels: [],
      fallbackModels: [],
      fallbackOn: null,
      timeouts: {},
      retries: {},
      limits: unlimited,
      enabled: false,
    },
  ],
}

const empty: EnvironmentEntry = {
  id: id(3),
  workspaceId: id(1),
  timeZone: 'Europe/Berlin',
  workspaceLimits: limits(1),
  limits: unlimited,
  connections: [],
  resources: [],
}

const key: ApiKeyEntry = {
  id: id(30),
  publicId: 'abcdefABCDEF',
  workspaceId: id(1),
  environmentId: id(2),
  enabled: true,
  expiresAt: null,
  secretEndsAt: null,
  allowedCidrs: null,
  resources: 'all',
  connections: [],
  labels: ['batch', 'a "b"'],
  limits: limits(6),
}

const content: CatalogContent = {
  environments: [full, empty],
  apiKeys: [
    { hash: 'a'.repeat(64), entry: key, previous: { hash: '1'.repeat(64), until: Date.UTC(2100, 0, 1) } },
    {
      hash: 'b'.repeat(64),
      previous: { hash: '2'.repeat(64), until: Date.UTC(2021, 0, 1) },
      entry: {
        ...key,
        id: id(31),
        publicId: 'b',
        enabled: false,
        expiresAt: Date.UTC(2020, 1, 2, 3, 4, 5, 678),
        allowedCidrs: ['10.0.0.0/8', '2001:db8::1'],
        resources: [id(20)],
        connections: [id(10), id(11)],
        labels: [],
        limits: unlimited,
      },
    },
    {
      hash: 'c'.repeat(64),
      previous: { hash: '3'.repeat(64), until: Date.UTC(2020, 0, 1) },
      entry: { ...key, id: id(32), publicId: 'c', environmentId: id(3), resources: [], allowedCidrs: [] },
    },
  ],
}
