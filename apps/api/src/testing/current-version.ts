import { managementRoutes, type Route } from '@vm-x/contract'
import type { Person, World } from './world.ts'

/** The version of what a route changes: it stands in the nearest route above it, or at its own path, that shows one. */
export async function currentVersion(
  world: World,
  person: Person,
  { path }: Route,
  params: Readonly<Record<string, string>>,
): Promise<number> {
  const named = params[/.*\{(\w+)\}/.exec(path)?.[1] ?? ''] ?? ''
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const reader = managementRoutes.find((one) => one.method === 'GET' && one.path === at)
    if (!reader) continue
    const body = await world.done(person, reader, { params })
    const items: { id?: string; userId?: string; version?: number }[] = body.items ?? []
    const version = body.version ?? items.find(({ id, userId }) => (id ?? userId) === named)?.version
    if (typeof version === 'number') return version
  }
  throw new Error(`Nothing shows the version of what is at ${path}`)
}
