import { compileTarget, type EnvironmentSnapshot, type Target } from './snapshot.ts'

/** Those that configuration names; rules may name more. */
export function targetsOf(snapshot: EnvironmentSnapshot): readonly Target[] {
  const targets = new Map<string, Target>()
  const add = (target: Target | undefined) => target && targets.set(target.key, target)
  for (const { primary, secondary, fallbacks } of snapshot.resources.values()) {
    add(primary)
    for (const { target } of secondary) add(target)
    for (const target of fallbacks) add(target)
  }
  for (const connection of snapshot.connections.values())
    for (const model of new Set([...Object.keys(connection.models), ...(connection.allowedModels ?? [])]))
      add(compileTarget(connection, model))
  return [...targets.values()]
}

/** A target that a client has named, marked as invented where configuration names it nowhere. */
export function namedByClient(snapshot: EnvironmentSnapshot, target: Target): Target {
  const { models, allowedModels } = target.connection
  if (allowedModels !== null || Object.hasOwn(models, target.model)) return target
  const keys = KEYS.get(snapshot) ?? new Set(targetsOf(snapshot).map(({ key }) => key))
  KEYS.set(snapshot, keys)
  return keys.has(target.key) ? target : { ...target, invented: true }
}

const KEYS = new WeakMap<EnvironmentSnapshot, ReadonlySet<string>>()
