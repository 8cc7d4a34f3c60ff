import type { AiResourceInput, EnvironmentSpec, ResourceSpec, Rule, TargetRef } from '@vm-x/contract'
import type { EnvironmentContext } from '@vm-x/storage'
import { v7 as uuidv7 } from 'uuid'
import type { FieldError } from '../../http/problem.ts'
import type { EnvironmentNames, Names } from './apply-environment.ts'
import { type Run, save, uniqueNames } from './run.ts'

type Target = AiResourceInput['model']

/** The resources of the document, with targets by the names of connections. */
export async function applyResources(
  run: Run,
  context: EnvironmentContext,
  { resources: specs }: EnvironmentSpec,
  { names, list }: { readonly names: EnvironmentNames; readonly list: string },
): Promise<void> {
  const { change, resources, origin } = run
  for (const { spec, path } of uniqueNames(run, list, specs)) {
    const targets = new Targets(names.connections)
    const wanted = inputOf(spec, targets)
    const saved = await save(run, names.resources.get(spec.name), {
      kind: 'resources',
      path,
      create: () => resources.create(change, context, wanted, origin),
      update: ({ id, version }) => resources.update(change, context, id, version, wanted),
      told: (error) => told(error, wanted, targets),
    })
    names.resources.put(spec.name, saved)
  }
}

/** Names of connections as ids. One that means nothing gets an id that nothing has, so that it is refused in its place. */
class Targets {
  readonly #connections: Names
  readonly #unknown = new Map<string, string>()

  constructor(connections: Names) {
    this.#connections = connections
  }

  of({ connection, model }: TargetRef): Target {
    const known = this.#connections.get(connection)
    if (known) return { connectionId: known.id, model }
    const id = uuidv7()
    this.#unknown.set(id, connection)
    return { connectionId: id, model }
  }

  /** The name that was meant, and whether all that is wrong with it is told already. */
  meant(id: string): { readonly name: string; readonly told: boolean } | undefined {
    const name = this.#unknown.get(id)
    return name === undefined ? undefined : { name, told: this.#connections.failed(name) }
  }
}

const inputOf = (spec: ResourceSpec, targets: Targets): AiResourceInput => ({
  name: spec.name,
  description: spec.description,
  model: targets.of(spec.model),
  // biome-ignore lint/suspicious/noThenProperty: the name that people write in rules
  routing: spec.routing.map((rule) => ({ ...rule, then: thenOf(rule.then, targets) })),
  secondaryModels: spec.secondaryModels.map(({ name = null, ...target }) => ({ name, ...targets.of(target) })),
  fallback: {
    enabled: spec.fallback?.enabled ?? false,
    models: (spec.fallback?.models ?? []).map((target) => targets.of(target)),
    on: spec.fallback?.on ?? null,
  },
  timeouts: spec.timeouts ?? {},
  retries: spec.retries ?? {},
  capacity: spec.capacity,
  maxConcurrent: spec.maxConcurrent ?? null,
  enabled: spec.enabled,
})

function thenOf(then: Rule<TargetRef>['then'], targets: Targets): Rule<Target>['then'] {
  if ('target' in then) return { target: targets.of(then.target) }
  if ('targets' in then) return { ...then, targets: then.targets.map((target) => targets.of(target)) }
  if ('split' in then)
    return { ...then, split: then.split.map(({ target, weight }) => ({ target: targets.of(target), weight })) }
  return then
}

/** What the document calls it: connections by name. */
function told(error: FieldError, wanted: AiResourceInput, targets: Targets): FieldError | undefined {
  if (!error.path.endsWith('.connectionId')) return error
  const path = error.path.replace(/connectionId$/, 'connection')
  const meant = targets.meant(String(at(wanted, error.path)))
  if (!meant) return { path, message: error.message }
  return meant.told ? undefined : { path, message: `the environment has no connection "${meant.name}"` }
}

/** What a path such as `fallback.models[1].connectionId` leads to. */
const at = (value: unknown, path: string): unknown =>
  path
    .split(/[.[\]]+/)
    .reduce<unknown>(
      (part, key) => (part === null || part === undefined || key === '' ? part : Reflect.get(Object(part), key)),
      value,
    )
