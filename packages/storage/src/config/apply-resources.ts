import type { ResourceSpec, Rule, TargetRef, Then } from '@vm-x/contract'
import type { TargetEntry } from '@vm-x/gateway'
import type { Selectable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { AiResourceTable } from '../db/schema.ts'
import { type EnvironmentContext, inEnvironment } from '../db/scope.ts'
import type { Run } from './apply-config.ts'
import type { Connections } from './apply-connections.ts'
import { below } from './place.ts'
import { limitColumns, nameKey, save, uniqueNames } from './save.ts'

/** By {@link nameKey}. */
export type Ids = Map<string, string>

/** The resources of the document; answers them and those that were there before. */
export async function applyResources(
  run: Run,
  context: EnvironmentContext,
  specs: readonly ResourceSpec[],
  connections: Connections,
  list: string,
): Promise<Ids> {
  const scope = inEnvironment(run.trx, context)
  const rows = new Map(
    (await scope.selectFrom('ai_resource').selectAll().execute()).map((row) => [nameKey(row.name), row]),
  )
  const resources: Ids = new Map([...rows].map(([key, { id }]) => [key, id]))
  for (const { spec, path } of uniqueNames(run, list, specs)) {
    const row = rows.get(nameKey(spec.name))
    const id = row?.id ?? uuidv7()
    resources.set(nameKey(spec.name), id)
    const targets = storedTargets(run, connections, spec, path)
    if (!targets) continue
    const wanted = {
      name: spec.name,
      description: spec.description,
      ...targets,
      timeouts: spec.timeouts ?? {},
      retries: spec.retries ?? {},
      ...limitColumns(spec),
      enabled: spec.enabled,
    }
    const columns = {
      ...wanted,
      model: JSON.stringify(wanted.model),
      routing: JSON.stringify(wanted.routing),
      secondary_models: JSON.stringify(wanted.secondary_models),
      fallback: JSON.stringify(wanted.fallback),
      timeouts: JSON.stringify(wanted.timeouts),
      retries: JSON.stringify(wanted.retries),
      capacity: JSON.stringify(wanted.capacity),
    }
    await save(run, 'resources', row, wanted, {
      create: (by) => scope.insertInto('ai_resource', { id, ...columns, origin: run.origin, ...by }),
      update: (by) =>
        scope
          .updateTable('ai_resource')
          .set({ ...columns, ...by })
          .where('id', '=', id),
    })
  }
  return resources
}

/** Every column that names targets, by the ids of their connections. Undefined, and problems noted, when one can't be called. */
function storedTargets(
  run: Run,
  connections: Connections,
  spec: ResourceSpec,
  path: string,
): Pick<Selectable<AiResourceTable>, 'model' | 'routing' | 'secondary_models' | 'fallback'> | undefined {
  const before = run.problems.length
  const find = (ref: TargetRef, place: string) => findTarget(run, connections, ref, `${path}.${place}`)
  const model = find(spec.model, 'model')
  const routing = spec.routing.map((rule, index) =>
    storedRule(rule, (ref, place) => find(ref, `routing[${index}].then.${place}`)),
  )
  for (const problem of run.checkRouting(spec.routing, (ref) => refusalOf(connections, ref) === undefined))
    run.problems.push(`${below(`${path}.routing`, problem.path)}: ${problem.message}`)
  const secondary = spec.secondaryModels.map(({ name, ...ref }, index) => ({
    name: name ?? null,
    ...find(ref, `secondaryModels[${index}]`),
  }))
  const names = spec.secondaryModels.map(({ name }) => name !== undefined && nameKey(name))
  for (const [index, name] of names.entries()) {
    if (name !== false && names.indexOf(name) !== index)
      run.problems.push(`${path}.secondaryModels[${index}].name: "${spec.secondaryModels[index]?.name}" is there twice`)
  }
  const models = (spec.fallback?.models ?? []).map((ref, index) => find(ref, `fallback.models[${index}]`))
  if (spec.fallback?.enabled && spec.fallback.on?.length === 0)
    run.problems.push(`${path}.fallback.on: is empty, so that no error would lead to a fallback; write enabled: false`)
  if (run.problems.length > before) return undefined
  return {
    model,
    routing,
    secondary_models: secondary,
    fallback: { enabled: spec.fallback?.enabled ?? false, models, ...(spec.fallback?.on && { on: spec.fallback.on }) },
  }
}

type Find = (ref: TargetRef, place: string) => TargetEntry

const storedRule = ({ then, ...rule }: Rule<TargetRef>, find: Find): Rule<TargetEntry> => ({
  ...rule,
  // biome-ignore lint/suspicious/noThenProperty: the name that people write
  then: storedThen(then, find),
})

function storedThen(then: Then<TargetRef>, find: Find): Then<TargetEntry> {
  if ('target' in then) return { target: find(then.target, 'target') }
  if ('targets' in then)
    return { ...then, targets: then.targets.map((target, index) => find(target, `targets[${index}]`)) }
  if ('split' in then) {
    const split = then.split.map(({ target, weight }, index) => ({
      target: find(target, `split[${index}].target`),
      weight,
    }))
    return { ...then, split }
  }
  return then
}

/** Notes a problem when the target can't be called; what is answered then is not to be stored. */
function findTarget(run: Run, connections: Connections, ref: TargetRef, path: string): TargetEntry {
  const refusal = refusalOf(connections, ref)
  if (refusal !== undefined) run.problems.push(`${path}.${refusal}`)
  return { connectionId: connections.get(nameKey(ref.connection))?.id ?? '', model: ref.model }
}

/** Why a target can't be called, with the field at fault; undefined when it can. */
function refusalOf(connections: Connections, { connection, model }: TargetRef): string | undefined {
  const found = connections.get(nameKey(connection))
  if (!found) return `connection: the environment has no connection "${connection}"`
  return found.allowedModels && !found.allowedModels.includes(model)
    ? `model: the connection "${connection}" does not allow "${model}"`
    : undefined
}
