import type { AiResourceInput, Rule } from '@vm-x/contract'
import { checkRouting, resourceProblems } from '@vm-x/gateway'
import { place, unstorable } from '@vm-x/storage'
import type { NamedConnection } from '../ai-connection/connections-in.ts'
import type { FieldError } from '../http/problem.ts'

type Target = AiResourceInput['model']
type Path = readonly PropertyKey[]

/**
 * Everything that is wrong with a resource in an environment with these connections, or can not take effect, each by its
 * path; empty when nothing is.
 */
export function resourceFaults(input: AiResourceInput, connections: readonly NamedConnection[]): FieldError[] {
  return [
    ...unstorable(input).map((path) => ({ path, message: 'holds a character that can not be stored' })),
    ...namedTargets(input).flatMap(([path, target]) => targetFaults(path, target, connections)),
    ...routingFaults(input.routing, connections),
    ...repeatedNames(input.secondaryModels),
    ...resourceProblems(input).map(({ path, message }) => ({ path: place(path), message })),
  ]
}

const namedTargets = ({ model, routing, secondaryModels, fallback }: AiResourceInput): [Path, Target][] => [
  [['model'], model],
  ...routing.flatMap(({ then }, index) => targetsOf(then, ['routing', index, 'then'])),
  ...secondaryModels.map((target, index): [Path, Target] => [['secondaryModels', index], target]),
  ...fallback.models.map((target, index): [Path, Target] => [['fallback', 'models', index], target]),
]

function targetsOf(then: Rule<Target>['then'], path: Path): [Path, Target][] {
  if ('target' in then) return [[[...path, 'target'], then.target]]
  if ('targets' in then) return then.targets.map((target, index) => [[...path, 'targets', index], target])
  if ('split' in then) return then.split.map(({ target }, index) => [[...path, 'split', index, 'target'], target])
  return []
}

function targetFaults(
  path: Path,
  { connectionId, model }: Target,
  connections: readonly NamedConnection[],
): FieldError[] {
  const connection = connections.find(({ id }) => id === connectionId)
  if (!connection)
    return [{ path: place([...path, 'connectionId']), message: 'the environment has no such connection' }]
  if (allows(connection, model)) return []
  return [{ path: place([...path, 'model']), message: `the connection does not allow "${model}"` }]
}

const allows = ({ allowedModels }: NamedConnection, model: string) =>
  allowedModels === null || allowedModels.includes(model)

/** Fields of rules name connections as people do: `errorRate(5, openai/gpt-5.1)`. */
function routingFaults(routing: AiResourceInput['routing'], connections: readonly NamedConnection[]): FieldError[] {
  const exists = ({ connection, model }: { readonly connection: string; readonly model: string }) => {
    const found = connections.find(({ name }) => name.toLowerCase() === connection.toLowerCase())
    return found !== undefined && allows(found, model)
  }
  return checkRouting(routing, exists).map(({ path, message }) => ({ path: place(['routing', ...path]), message }))
}

function repeatedNames(models: AiResourceInput['secondaryModels']): FieldError[] {
  const names = models.map(({ name }) => name?.toLowerCase())
  return names.flatMap((name, index) =>
    name === undefined || names.indexOf(name) === index
      ? []
      : [{ path: place(['secondaryModels', index, 'name']), message: `"${models[index]?.name}" is there twice` }],
  )
}
