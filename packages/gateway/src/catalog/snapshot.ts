import type { ConnectionEntry, EnvironmentEntry, TargetEntry } from './catalog.ts'

export type Connection = ConnectionEntry & { readonly workspaceId: string; readonly environmentId: string }

export type Target = { readonly connection: Connection; readonly model: string }

export type Resource = { readonly id: string; readonly name: string; readonly targets: readonly Target[] }

/** One environment, compiled for look-ups by name. Names are matched without regard to case. */
export type EnvironmentSnapshot = {
  readonly id: string
  readonly workspaceId: string
  readonly resources: ReadonlyMap<string, Resource>
  readonly connections: ReadonlyMap<string, Connection>
}

export const nameKey = (name: string) => name.toLowerCase()

/** Compiles an environment. Disabled resources, and targets whose connection is off or doesn't allow the model, are left out. */
export function compileSnapshot(entry: EnvironmentEntry): EnvironmentSnapshot {
  const byId = new Map<string, Connection>()
  const connections = new Map<string, Connection>()
  for (const connection of entry.connections) {
    if (!connection.enabled) continue
    const compiled = { ...connection, workspaceId: entry.workspaceId, environmentId: entry.id }
    byId.set(connection.id, compiled)
    connections.set(nameKey(connection.name), compiled)
  }
  const target = ({ connectionId, model }: TargetEntry): Target[] => {
    const connection = byId.get(connectionId)
    return connection && allowsModel(connection, model) ? [{ connection, model }] : []
  }
  const resources = new Map<string, Resource>()
  for (const { id, name, model, fallbackModels, enabled } of entry.resources) {
    if (enabled) resources.set(nameKey(name), { id, name, targets: [model, ...fallbackModels].flatMap(target) })
  }
  return { id: entry.id, workspaceId: entry.workspaceId, resources, connections }
}

export const allowsModel = (connection: ConnectionEntry, model: string) =>
  connection.allowedModels === null || connection.allowedModels.includes(model)
