// biome-ignore-all lint/suspicious/noThenProperty: the name that people write in rules
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConfigFile, configFile } from '@vm-x/contract'
import { generateApiKey, parseApiKey, silentLog, systemClock, UpstreamAddressPolicy, type Vault } from '@vm-x/gateway'
import {
  ConfigRejected,
  findEnvironment,
  inEnvironment,
  type OpenedDatabase,
  openVault,
  rotateVault,
  SqlCatalog,
} from '@vm-x/storage'
import { testDatabases } from '@vm-x/storage/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AiConnectionService } from '../../ai-connection/ai-connection.service.ts'
import { AiResourceService } from '../../ai-resource/ai-resource.service.ts'
import { ApiKeyService } from '../../api-key/api-key.service.ts'
import { systemAuthor } from '../../change/author.ts'
import { Changes } from '../../change/changes.ts'
import { EnvironmentService } from '../../environment/environment.service.ts'
import type { Management } from '../../http/management.ts'
import { WorkspaceService } from '../../workspace/workspace.service.ts'
import { readConfigFile } from '../read-config-file.ts'
import { applyConfig } from './apply-config.ts'

const key = generateApiKey()
/** One environment with one of everything; `changes` replace lists of it. */
const document = (changes: object = {}): ConfigFile =>
  configFile.parse({
    workspaces: [
      {
        name: 'Acme',
        environments: [
          {
            name: 'production',
            connections: [
              { name: 'main', provider: 'openai', apiKey: 'sk-upstream', allowedModels: ['a', 'b'] },
              { name: 'spare', provider: 'demo' },
            ],
            resources: [
              {
                name: 'assistant',
                model: { connection: 'MAIN', model: 'a' },
                fallback: { models: [{ connection: 'spare', model: 'x' }] },
              },
            ],
            apiKeys: [
              {
                name: 'app',
                value: key.value,
                resources: ['Assistant'],
                connections: ['main'],
                labels: ['l'],
                expiresAt: '2030-01-02T03:04:05Z',
              },
            ],
            ...changes,
          },
        ],
      },
    ],
  })

const unlimited = { capacity: [], maxConcurrent: null }
const limited = (requests: number) => ({ capacity: [{ period: 'minute', requests }], maxConcurrent: requests })
const rule = { description: '', enabled: true, traffic: 100 }

/** Every field that there is for rules, limits and failover. */
const rich = configFile.parse({
  workspaces: [
    {
      name: 'Acme',
      timeZone: 'Europe/Berlin',
      ...limited(1),
      environments: [
        {
          name: 'production',
          ...limited(2),
          connections: [
            {
              name: 'main',
              provider: 'openai',
              apiKey: 'sk-upstream',
              models: { a: { contextTokens: 1000, ...limited(4) } },
              timeouts: { connectMs: 100 },
              ...limited(3),
              discoveredCapacity: 'enforce',
            },
            { name: 'spare', provider: 'demo' },
          ],
          resources: [
            {
              name: 'assistant',
              model: { connection: 'main', model: 'a' },
              routing: [
                {
                  when: { field: 'errorRate(5, SPARE/x)', op: 'gt', value: 0.1 },
                  then: { target: { connection: 'SPARE', model: 'x' } },
                },
                {
                  when: { field: 'request.stream', op: 'eq', value: true },
                  then: {
                    split: [
                      { target: { connection: 'main', model: 'a' }, weight: 40 },
                      { target: { connection: 'spare', model: 'y' }, weight: 60 },
                    ],
                    sticky: 'request.user',
                  },
                },
                {
                  when: { field: 'request.user', op: 'exists' },
                  then: { balance: 'latency', targets: [{ connection: 'spare', model: 'z' }] },
                  traffic: 10,
                },
                { when: { expression: 'true' }, then: { block: 'no' } },
              ],
              secondaryModels: [
                { name: 'small', connection: 'spare', model: 's' },
                { connection: 'main', model: 'b' },
              ],
              fallback: { models: [{ connection: 'spare', model: 'x' }], on: ['provider_timeout'] },
              timeouts: { totalMs: 900 },
              retries: { max: 0 },
              ...limited(5),
            },
          ],
          apiKeys: [{ name: 'app', value: key.value, ...limited(6) }],
        },
      ],
    },
  ],
})

const environmentOf = (config: ConfigFile) => {
  const environment = config.workspaces[0]?.environments[0]
  if (!environment) throw new Error('The document has no environment')
  return environment
}

describe.each(testDatabases)('on $kind', ({ open }) => {
  let database: OpenedDatabase
  let directory: string
  let vault: Vault
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'vmx-apply-'))
    database = await open()
  })
  beforeEach(async () => {
    vault = await openVault(`libsodium:file=${join(directory, 'key')}`)
    for (const table of ['api_key', 'ai_resource', 'ai_connection', 'environment', 'workspace'] as const) {
      await database.db.deleteFrom(table).execute()
    }
  })
  afterAll(async () => {
    await database?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  const apply = async (config: ConfigFile) => {
    const { db } = database
    const addresses = new UpstreamAddressPolicy('127.0.0.1:11434')
    const management = { db, vault, addresses, clock: systemClock, log: silentLog } as Management
    const environments = new EnvironmentService(management)
    const counts = await applyConfig(config, {
      changes: new Changes({ db, refresh: async () => {}, log: silentLog }),
      services: {
        workspaces: new WorkspaceService(management, environments),
        environments,
        connections: new AiConnectionService(management),
        resources: new AiResourceService(management),
        apiKeys: new ApiKeyService(management),
        parseApiKey,
      },
      author: systemAuthor('test'),
      origin: 'config',
    })
    if (!counts) throw new Error('Nothing was applied')
    return counts
  }
  const applyOne = async (config: ConfigFile) => {
    const counts = await apply(config)
    return { counts, environment: await ids() }
  }
  /** Of the only environment, by name. */
  const ids = async () => {
    const context = await findEnvironment(database.db, {})
    const of = async (table: 'ai_connection' | 'ai_resource' | 'api_key') => {
      const found = await inEnvironment(database.db, context).selectFrom(table).select(['id', 'name']).execute()
      return Object.fromEntries(found.map(({ id, name }): [string, string] => [name, id]))
    }
    return {
      ...context,
      connections: await of('ai_connection'),
      resources: await of('ai_resource'),
      apiKeys: await of('api_key'),
    }
  }
  const rows = async () => ({
    connections: await database.db.selectFrom('ai_connection').selectAll().orderBy('id').execute(),
    resources: await database.db.selectFrom('ai_resource').selectAll().orderBy('id').execute(),
    apiKeys: await database.db.selectFrom('api_key').selectAll().orderBy('id').execute(),
    environments: await database.db.selectFrom('environment').selectAll().orderBy('id').execute(),
    workspaces: await database.db.selectFrom('workspace').selectAll().orderBy('id').execute(),
  })

  test('what the document names is there afterwards, references by id and credentials sealed', async () => {
    const { counts, environment } = await applyOne(document())
    expect(counts).toEqual({
      workspaces: { created: 1, updated: 0, unchanged: 0 },
      environments: { created: 1, updated: 0, unchanged: 0 },
      connections: { created: 2, updated: 0, unchanged: 0 },
      resources: { created: 1, updated: 0, unchanged: 0 },
      apiKeys: { created: 1, updated: 0, unchanged: 0 },
    })
    const { workspaceId, environmentId, connections, resources, apiKeys } = environment
    const catalog = new SqlCatalog(database.db)
    const entry = await catalog.environment(environmentId)
    const [main, spare] = [connections.main, connections.spare]
    expect(entry?.resources).toEqual([
      {
        id: resources.assistant,
        name: 'assistant',
        model: { connectionId: main, model: 'a' },
        routing: [],
        secondaryModels: [],
        fallbackModels: [{ connectionId: spare, model: 'x' }],
        fallbackOn: null,
        timeouts: {},
        retries: {},
        limits: unlimited,
        enabled: true,
      },
    ])
    const sealed = entry?.connections.find(({ id }) => id === main)?.sealedApiKey ?? ''
    expect(sealed).not.toContain('sk-upstream')
    expect(await vault.open(sealed, { workspaceId, environmentId, connectionId: main ?? '' })).toBe('sk-upstream')
    expect(await catalog.apiKey(key.hash)).toEqual({
      id: apiKeys.app,
      publicId: key.publicId,
      workspaceId,
      environmentId,
      enabled: true,
      expiresAt: Date.UTC(2030, 0, 2, 3, 4, 5),
      resources: [resources.assistant],
      connections: [main],
      labels: ['l'],
      limits: unlimited,
      allowedCidrs: null,
      secretEndsAt: null,
    })
  })

  test('rules, limits and failover are stored as written, with connections by id, and again change nothing', async () => {
    const { environment } = await applyOne(rich)
    const { spare, main } = environment.connections
    const entry = await new SqlCatalog(database.db).environment(environment.environmentId)
    const limits = (requests: number) => ({
      capacity: [{ period: 'minute', requests, reserve: 'expected', enabled: true }],
      maxConcurrent: requests,
    })
    expect(entry).toMatchObject({ timeZone: 'Europe/Berlin', workspaceLimits: limits(1), limits: limits(2) })
    expect(entry?.connections.find(({ id }) => id === main)).toMatchObject({
      models: { a: { contextTokens: 1000, maxOutputTokens: null, limits: limits(4) } },
      discoveredCapacity: 'enforce',
      timeouts: { connectMs: 100 },
      limits: limits(3),
    })
    expect(entry?.resources[0]).toEqual({
      id: environment.resources.assistant,
      name: 'assistant',
      model: { connectionId: main, model: 'a' },
      routing: [
        {
          ...rule,
          when: { field: 'errorRate(5, SPARE/x)', op: 'gt', value: 0.1 },
          then: { target: { connectionId: spare, model: 'x' } },
        },
        {
          ...rule,
          when: { field: 'request.stream', op: 'eq', value: true },
          then: {
            split: [
              { target: { connectionId: main, model: 'a' }, weight: 40 },
              { target: { connectionId: spare, model: 'y' }, weight: 60 },
            ],
            sticky: 'request.user',
          },
        },
        {
          ...rule,
          when: { field: 'request.user', op: 'exists' },
          then: { balance: 'latency', targets: [{ connectionId: spare, model: 'z' }] },
          traffic: 10,
        },
        { ...rule, when: { expression: 'true' }, then: { block: 'no' } },
      ],
      secondaryModels: [
        { name: 'small', connectionId: spare, model: 's' },
        { name: null, connectionId: main, model: 'b' },
      ],
      fallbackModels: [{ connectionId: spare, model: 'x' }],
      fallbackOn: ['provider_timeout'],
      timeouts: { totalMs: 900 },
      retries: { max: 0 },
      limits: limits(5),
      enabled: true,
    })
    expect(await new SqlCatalog(database.db).apiKey(key.hash)).toMatchObject({ limits: limits(6) })
    const counts = await apply(rich)
    expect(Object.values(counts).every(({ created, updated }) => created + updated === 0)).toBe(true)
  })

  test('targets and rules that can not work are told with their place', async () => {
    const nowhere = { connection: 'nope', model: 'a' }
    const wrong = document({
      resources: [
        {
          name: 'one',
          model: { connection: 'spare', model: 'a' },
          routing: [
            { when: { field: 'request.user', op: 'eq', value: '0' }, then: { target: nowhere } },
            {
              when: { field: 'request.user', op: 'eq', value: '1' },
              then: { split: [{ target: nowhere, weight: 100 }] },
            },
            {
              when: { field: 'request.user', op: 'eq', value: '2' },
              then: { balance: 'round-robin', targets: [{ connection: 'main', model: 'c' }] },
            },
            { when: { field: 'nonsense', op: 'exists' }, then: { block: 'no' } },
            { when: { not: { field: 'errorRate(5, nope/a)', op: 'gt', value: 1 } }, then: { block: 'no' } },
          ],
          secondaryModels: [
            { name: 'Twin', connection: 'spare', model: 'a' },
            { name: 'twin', connection: 'spare', model: 'a' },
            nowhere,
          ],
          fallback: { models: [{ connection: 'spare', model: 'b' }], on: [] },
        },
      ],
      apiKeys: [],
    })
    const at = 'workspaces[0].environments[0].resources[0]'
    const unknown = 'the environment has no connection "nope"'
    await expect(apply(wrong)).rejects.toMatchObject({
      problems: [
        `${at}.routing[0].then.target.connection: ${unknown}`,
        `${at}.routing[1].then.split[0].target.connection: ${unknown}`,
        `${at}.routing[2].then.targets[0].model: the connection does not allow "c"`,
        `${at}.secondaryModels[2].connection: ${unknown}`,
        `${at}.routing[3].when.field: nonsense is not a field that rules can look at`,
        expect.stringMatching(/\.routing\[4\]\.when\.not\.field: .*nope/),
        `${at}.secondaryModels[1].name: "twin" is there twice`,
        expect.stringContaining(`${at}.fallback.on: is empty`),
      ],
    })
  })

  const unusable: [object, string][] = [
    [{ provider: 'opnai' }, 'provider: there is no provider "opnai"; there are openai, azure-openai, '],
    [{ provider: 'azure-openai' }, 'baseUrl: is missing: the provider needs it'],
    [
      { baseUrl: 'https://u:s3cret@example.com/v1' },
      'baseUrl: must not hold a user or password: a credential belongs in credentials',
    ],
    [{ baseUrl: 'https://example.com/v1?key=s3cret' }, 'baseUrl: must not have a query or fragment'],
    [{ baseUrl: 'https://example.com/v1#s3cret' }, 'baseUrl: must not have a query or fragment'],
    ...['s3cret\n', ' s3cret', 's3cr\u00e9t', 's3\u007fcret'].map((apiKey): [object, string] => [
      { apiKey },
      'apiKey: must be of printable ASCII characters, without line ends and without spaces around it',
    ]),
    [{ allowedModels: ['a'], models: { 'b-1': {} } }, 'models["b-1"]: is not one of the connection\'s allowedModels'],
  ]
  test.each(unusable)('a connection that can not be called as written is refused: %j', async (changes, problem) => {
    const connections = [{ name: 'new', provider: 'openai', apiKey: 'sk-upstream', ...changes }]
    const error = await apply(document({ connections, resources: [], apiKeys: [] })).catch((error: unknown) => error)
    expect(error).toMatchObject({ problems: [expect.any(String)] })
    expect(String(error)).toContain(`: workspaces[0].environments[0].connections[0].${problem}`)
    expect(String(error)).not.toContain('s3')
  })

  test('a model that a resource already there uses can not be taken from its connection unnoticed', async () => {
    await apply(document())
    const connections = [{ name: 'main', provider: 'openai', allowedModels: ['b'] }]
    await expect(apply(document({ connections, resources: [], apiKeys: [] }))).rejects.toMatchObject({
      problems: [
        'workspaces[0].environments[0].connections[0].allowedModels: allowedModels leaves out what AI resources use: a (assistant)',
      ],
    })
  })

  test.each(['a\0b', '\ud800'])('a text that no database takes is refused with its place: %j', async (text) => {
    const resources = [
      {
        name: 'one',
        model: { connection: 'main', model: 'a' },
        routing: [{ when: { all: [] }, then: { block: text } }],
      },
    ]
    const connections = [{ name: 'main', provider: 'openai', models: { [text]: {} } }]
    const at = 'workspaces[0].environments[0]'
    await expect(apply(document({ connections, resources }))).rejects.toMatchObject({
      problems: [
        expect.stringContaining(`${at}.connections[0].models[`),
        `${at}.resources[0].routing[0].then.block: holds a character that can not be stored`,
      ],
    })
  })

  test('the files of the how-to are applied as they stand', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../../docs/how-to/configure-with-a-file.md'), 'utf8')
    const files = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text ?? '')
    expect(files).toHaveLength(3)
    for (const text of files) {
      const path = join(directory, 'vmx.yaml')
      writeFileSync(path, text)
      const env = { OPENAI_API_KEY: 'sk-1', AZURE_KEY: 'sk-2', HELPDESK_KEY: key.value }
      await apply(await readConfigFile(path, env))
    }
  })

  test('the same document again changes nothing', async () => {
    await apply(document())
    const before = await rows()
    const counts = await apply(document())
    expect(Object.values(counts).every(({ created, updated }) => created + updated === 0)).toBe(true)
    expect(await rows()).toEqual(before)
  })

  test('what differs gets a new version, the rest keeps its own, and names match without regard to case', async () => {
    await apply(document())
    const before = await rows()
    const counts = await apply(
      document({ connections: [{ name: 'Main', provider: 'openai', apiKey: 'sk-new', allowedModels: ['a', 'b'] }] }),
    )
    expect(counts.connections).toEqual({ created: 0, updated: 1, unchanged: 0 })
    const after = await rows()
    expect(after.connections.map(({ name, version }) => [name, version])).toEqual([
      ['Main', 2],
      ['spare', 1],
    ])
    expect(after.connections[0]?.updated_at.getTime()).toBeGreaterThan(before.connections[0]?.updated_at.getTime() ?? 0)
    expect({ ...after, connections: [] }).toEqual({ ...before, connections: [] })
  })

  test('a connection without a credential in the document keeps its own; for another address it has to be given again', async () => {
    await apply(document())
    const held = (await rows()).connections[0]?.sealed_api_key
    const main = { name: 'main', provider: 'openai', allowedModels: ['a', 'b'] }
    await apply(document({ connections: [main] }))
    expect((await rows()).connections[0]?.sealed_api_key).toBe(held)
    const elsewhere = { ...main, baseUrl: 'https://elsewhere.example.com/v1' }
    await expect(apply(document({ connections: [elsewhere] }))).rejects.toThrow('apiKey: is missing')
    expect((await rows()).connections[0]?.sealed_api_key).toBe(held)
  })

  test('what the document leaves out stays, and can be referred to', async () => {
    await apply(document())
    const counts = await apply(
      document({
        connections: [],
        resources: [{ name: 'second', model: { connection: 'main', model: 'b' } }],
        apiKeys: [],
      }),
    )
    expect(counts.resources).toEqual({ created: 1, updated: 0, unchanged: 0 })
    const { connections, resources, apiKeys } = await rows()
    expect([connections.length, resources.length, apiKeys.length]).toEqual([2, 2, 1])
  })

  test('every problem is told with its place, no value of a key among them, and nothing is written', async () => {
    await apply(document())
    const before = await rows()
    const wrong = document({
      connections: [
        { name: 'new', provider: 'demo', apiKey: 'sk-upstream-2' },
        { name: 'NEW', provider: 'demo' },
      ],
      resources: [
        {
          name: 'one',
          model: { connection: 'none', model: 'a' },
          fallback: {
            models: [
              { connection: 'main', model: 'a' },
              { connection: 'nope', model: 'a' },
            ],
          },
        },
        { name: 'two', model: { connection: 'main', model: 'c' } },
      ],
      apiKeys: [
        { name: 'bad', value: 'sk-vmx-mistyped' },
        { name: 'lost', value: generateApiKey().value, resources: ['assistant', 'ghost'], connections: ['ghost'] },
        { name: 'copy', value: key.value },
      ],
    })
    const error = await apply(wrong).catch((error: unknown) => error)
    const environment = 'workspaces[0].environments[0]'
    expect(error).toBeInstanceOf(ConfigRejected)
    expect(error).toMatchObject({
      problems: [
        `${environment}.connections[1].name: "NEW" is there twice`,
        `${environment}.resources[0].model.connection: the environment has no connection "none"`,
        `${environment}.resources[0].fallback.models[1].connection: the environment has no connection "nope"`,
        `${environment}.resources[1].model.model: the connection does not allow "c"`,
        `${environment}.apiKeys[0].value: is not an API key of this product, or was mistyped`,
        `${environment}.apiKeys[1].resources[1]: the environment has no resource "ghost"`,
        `${environment}.apiKeys[1].connections[0]: the environment has no connection "ghost"`,
        `${environment}.apiKeys[2].value: is in use as another API key`,
      ],
    })
    expect(String(error)).not.toMatch(/sk-|mistyped-/)
    expect(await rows()).toEqual(before)
  })

  test('names of one workspace or environment mean nothing in another', async () => {
    await apply(document())
    const elsewhere = document({
      connections: [],
      resources: [{ name: 'r', model: { connection: 'main', model: 'a' } }],
      apiKeys: [],
    })
    const other = { workspaces: [{ ...elsewhere.workspaces[0], name: 'Other' }] }
    await expect(apply(configFile.parse(other))).rejects.toThrow('the environment has no connection "main"')
  })

  test('replicas that start together with the same document create everything once', async () => {
    const replicas = Array.from({ length: 8 })
    // Connections take longer to open than the work itself: without them the replicas would take turns by chance.
    await Promise.all(replicas.map(() => database.db.selectFrom('workspace').select('id').execute()))
    const applied = await Promise.all(replicas.map(() => apply(document())))
    expect(applied.map(({ workspaces }) => workspaces.created).toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 1])
    expect((await rows()).connections).toHaveLength(2)
  })

  test('a credential that no longer opens is sealed anew', async () => {
    const { environment } = await applyOne(document())
    vault = await openVault(`libsodium:file=${join(directory, 'another-key')}`)
    const counts = await apply(document())
    expect(counts.connections).toEqual({ created: 0, updated: 1, unchanged: 1 })
    const { workspaceId, environmentId, connections } = environment
    const sealed = (await rows()).connections[0]?.sealed_api_key ?? ''
    expect(await vault.open(sealed, { workspaceId, environmentId, connectionId: connections.main ?? '' })).toBe(
      'sk-upstream',
    )
  })

  test('rotating the vault seals every credential with the new key, and each still opens', async () => {
    const { environment } = await applyOne(document())
    const old = vault.activeKeyId
    expect(await rotateVault(database.db, vault, 'cli')).toEqual({ keyId: vault.activeKeyId, resealed: 1 })
    expect(vault.activeKeyId).not.toBe(old)
    const [main, spare] = (await rows()).connections
    expect(vault.keyIdOf(main?.sealed_api_key ?? '')).toBe(vault.activeKeyId)
    expect([main?.version, main?.updated_by, spare?.version]).toEqual([2, 'cli', 1])
    const { workspaceId, environmentId } = environment
    expect(
      await vault.open(main?.sealed_api_key ?? '', { workspaceId, environmentId, connectionId: main?.id ?? '' }),
    ).toBe('sk-upstream')
  })

  test('asks which environment is meant where several fit', async () => {
    const config = document()
    const staging = { ...environmentOf(document({ connections: [], resources: [], apiKeys: [] })), name: 'staging' }
    await apply({
      workspaces: config.workspaces.map((workspace) => ({
        ...workspace,
        environments: [...workspace.environments, staging],
      })),
    })
    await expect(findEnvironment(database.db, {})).rejects.toThrow('say which one: Acme/production, Acme/staging')
    await expect(findEnvironment(database.db, { environment: 'none' })).rejects.toThrow(
      'there are: Acme/production, Acme/staging',
    )
    expect(await findEnvironment(database.db, { workspace: 'acme', environment: 'STAGING' })).toHaveProperty(
      'environmentId',
    )
  })
})
