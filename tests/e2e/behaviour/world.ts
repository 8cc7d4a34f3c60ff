import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateApiKey } from '@vm-x/gateway'
import { type RunningProduct, startProduct, temporaryDirectory } from '../../start-product.ts'
import { type AuditRecord, auditRecords } from '../audit-records.ts'
import { pythonEnvironment } from '../python-environment.ts'
import type { Observation, Question } from './observation.ts'
import { observeNode } from './observe-node.ts'
import { observePython, pythonFolder } from './observe-python.ts'
import { type Client, clientsOf, connectionOf, markOf, PLACES, type Row, streams } from './row.ts'
import { type Arrival, startUpstreams, type Upstreams } from './upstreams.ts'

/** Under both prefixes everything is the same: half of the clients use the one, half the other. */
const prefixOf = (client: Client) => (streams(client) ? '/api/v1' : '/v1')

export type BehaviourWorld = {
  readonly product: RunningProduct
  readonly upstreams: Upstreams
  /** A key that may use every resource. */
  readonly apiKey: string
  /** Asks for all rows at once and keeps what came of each. */
  run(): Promise<Evidence>
  close(): Promise<void>
}

export type Evidence = {
  /** What the client saw; rejects when its driver failed. */
  observed(row: Row, client: Client): Promise<Observation>
  /** From the upstreams' own logs, in order. */
  arrivals(row: Row, client: Client): Arrival[]
  /** What the product itself has recorded of a request. */
  record(requestId: string | undefined): AuditRecord | undefined
}

/** Starts the product with a configuration in which each row has, for each client, a resource and targets of its own. */
export async function behaviourWorld(rows: readonly Row[], env: Record<string, string> = {}): Promise<BehaviourWorld> {
  const [upstreams, python] = await Promise.all([
    startUpstreams(),
    pythonEnvironment(`${pythonFolder}requirements.txt`),
  ])
  const apiKey = generateApiKey().value
  const runs = rows.flatMap((row) => clientsOf(row).map((client) => runOf(row, client, apiKey)))
  const file = join(temporaryDirectory(), 'vmx.yaml')
  writeFileSync(file, JSON.stringify(configuration(runs, apiKey, upstreams)))
  const product = await startProduct({ env: { VMX_CONFIG: file, UPSTREAM_ALLOW: upstreams.allow, ...env } })

  return {
    product,
    upstreams,
    apiKey,
    run: async () => {
      const all = askAll(runs, product.url, python)
      await Promise.allSettled(all.values())
      const { records } = await auditRecords(product, 1000)
      const byId = new Map(records.map((record) => [record.id, record]))
      return {
        observed: (row, client) =>
          all.get(markOf(row, client)) ?? Promise.reject(new Error(`${row.name} is not a row of ${client}`)),
        arrivals: (row, client) => upstreams.arrivals(row, client),
        record: (requestId = '') => byId.get(requestId),
      }
    },
    close: () => upstreams.close(),
  }
}

/** A row, asked for by one client. */
type Run = {
  readonly row: Row
  readonly client: Client
  readonly question: Omit<Question, 'baseURL'>
  readonly ownKey: boolean
}

function runOf(row: Row, client: Client, sharedKey: string): Run {
  const { ask = {}, before = 0, occupant } = row
  const mark = markOf(row, client)
  const ownKey = (row.key ?? row.environment ?? row.workspace) !== undefined
  const direct = (model: string) => (isPlaced(model) ? `${mark}.${model}` : model)
  const question = {
    mark,
    apiKey: ask.apiKey ?? (ownKey ? generateApiKey().value : sharedKey),
    model: direct(ask.model ?? mark),
    stream: streams(client),
    path: ask.path ?? null,
    body: ask.body ?? {},
    headers: ask.headers ?? {},
    before,
    occupant: occupant === undefined ? null : direct(occupant),
    maxRetries: ask.maxRetries ?? null,
  }
  return { row, client, question, ownKey }
}

const isPlaced = (model: string) => PLACES.some((place) => model.startsWith(`${place}/`))

function askAll(runs: readonly Run[], url: string, python: string): Map<string, Promise<Observation>> {
  const placed = runs.map(({ client, question }) => ({ ...question, client, baseURL: url + prefixOf(client) }))
  const byPython = placed.filter(({ client }) => client.startsWith('python'))
  const answers = observePython(python, byPython)
  const all = new Map(byPython.flatMap(({ mark }, index) => (answers[index] ? [[mark, answers[index]]] : [])))
  for (const question of placed) {
    if (question.client.startsWith('node')) all.set(question.mark, observeNode(question))
  }
  return all
}

type Environment = { name: string; connections: object[]; resources: object[]; apiKeys: object[] }

function configuration(runs: readonly Run[], apiKey: string, upstreams: Upstreams): object {
  const shared: Environment = {
    name: 'default',
    connections: [],
    resources: [],
    apiKeys: [{ name: 'shared', value: apiKey }],
  }
  const workspaces: object[] = [{ name: 'default', environments: [shared] }]
  for (const run of runs) {
    const { row, client, question, ownKey } = run
    const { mark } = question
    const apart = (row.environment ?? row.workspace) !== undefined
    const environment = apart
      ? { name: 'default', connections: [], resources: [], apiKeys: [], ...row.environment }
      : shared
    if (apart) workspaces.push({ name: mark, environments: [environment], ...row.workspace })
    const connections = row.targets.flatMap((plan, index) => {
      const place = PLACES[index]
      return place ? [{ name: connectionOf(mark, place), ...upstreams.connection(row, client, place, plan) }] : []
    })
    environment.connections.push(...connections)
    const [model, ...models] = row.targets.map(({ model }, index) => ({ connection: connections[index]?.name, model }))
    const { fallback: rules, ...more }: { fallback?: object } = row.resource ?? {}
    const fallback = models.length > 0 || rules ? { fallback: { models, ...rules } } : {}
    const resource = { name: mark, model, retries: { baseMs: 20 }, ...fallback, ...more }
    environment.resources.push(resource)
    if (ownKey) {
      const names = connections.map(({ name }) => name)
      environment.apiKeys.push({ name: mark, value: question.apiKey, connections: names, ...row.key })
    }
  }
  return { workspaces }
}
