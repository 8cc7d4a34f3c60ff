import type { StoredApiKey } from '@vm-x/gateway'
import type { Origin } from '@vm-x/storage'
import type { AiConnectionService } from '../../ai-connection/ai-connection.service.ts'
import type { AiResourceService } from '../../ai-resource/ai-resource.service.ts'
import type { ApiKeyService } from '../../api-key/api-key.service.ts'
import type { Change } from '../../change/changes.ts'
import type { EnvironmentService } from '../../environment/environment.service.ts'
import { type FieldError, Problem } from '../../http/problem.ts'
import type { WorkspaceService } from '../../workspace/workspace.service.ts'

type Kind = 'workspaces' | 'environments' | 'connections' | 'resources' | 'apiKeys'
type Outcome = 'created' | 'updated' | 'unchanged'

/** How many of each kind were written, and how many were right already. */
export type Counts = Record<Kind, Record<Outcome, number>>

/** What the document is applied with: the services of the management API, and nothing beside them. */
export type ConfigServices = {
  readonly workspaces: WorkspaceService
  readonly environments: EnvironmentService
  readonly connections: AiConnectionService
  readonly resources: AiResourceService
  readonly apiKeys: ApiKeyService
  /** Undefined when the text is not an API key. */
  readonly parseApiKey: (value: string) => StoredApiKey | undefined
}

/** One document on its way into the database. */
export type Run = ConfigServices & {
  readonly change: Change
  readonly origin: Origin
  readonly counts: Counts
  /** Each with its place in the document, never with a secret. */
  readonly problems: string[]
}

type Versioned = { readonly id: string; readonly version: number }

type Save<Saved> = {
  readonly kind: Kind
  /** Where the document says it. */
  readonly path: string
  readonly create: () => Promise<Saved>
  readonly update: (existing: Versioned) => Promise<Saved>
  /** What a refused field is called in the document, and what is wrong with it; undefined to say nothing. */
  readonly told?: (error: FieldError) => FieldError | undefined
}

/** Makes what is missing, or brings it up to date. Undefined, and the problems noted, when it is refused. */
export async function save<Saved extends Versioned>(
  run: Run,
  existing: Versioned | undefined,
  { kind, path, create, update, told = (error) => error }: Save<Saved>,
): Promise<Saved | undefined> {
  try {
    const saved = existing ? await update(existing) : await create()
    const changed = saved.version === existing?.version ? 'unchanged' : 'updated'
    run.counts[kind][existing ? changed : 'created']++
    return saved
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error
    const users = error.usedBy.length > 0 ? ` (${error.usedBy.map(({ name }) => name).join(', ')})` : ''
    const errors = error.errors.length > 0 ? error.errors.map(told) : [{ path: '', message: error.message + users }]
    for (const line of errors) if (line) run.problems.push(`${at(path, line.path)}: ${line.message}`)
    return undefined
  }
}

const at = (parent: string, path: string) => (path === '' ? parent : `${parent}.${path}`)

export const noCounts = (): Counts => {
  const none = () => ({ created: 0, updated: 0, unchanged: 0 })
  return { workspaces: none(), environments: none(), connections: none(), resources: none(), apiKeys: none() }
}

export const nameKey = (name: string) => name.toLowerCase()

/** Each entry with its place in the document; a name that was there before is a problem and is left out. */
export function* uniqueNames<Spec extends { name: string }>(
  run: Pick<Run, 'problems'>,
  list: string,
  specs: readonly Spec[],
) {
  const seen = new Set<string>()
  for (const [index, spec] of specs.entries()) {
    const path = `${list}[${index}]`
    if (seen.has(nameKey(spec.name))) run.problems.push(`${path}.name: "${spec.name}" is there twice`)
    else yield { spec, path }
    seen.add(nameKey(spec.name))
  }
}
