import { isDeepStrictEqual } from 'node:util'
import type { Limits } from '@vm-x/contract'
import { type RawBuilder, sql } from 'kysely'

type Kind = 'workspaces' | 'environments' | 'connections' | 'resources' | 'apiKeys'
type Outcome = 'created' | 'updated' | 'unchanged'

/** How many rows of each kind were written, and how many were right already. */
export type Counts = Record<Kind, Record<Outcome, number>>

type Executable = { execute(): Promise<unknown> }
type CreatedBy = { created_by: string; updated_by: string }
type UpdatedBy = { updated_by: string; updated_at: RawBuilder<Date>; version: RawBuilder<number> }

/** Writes a row where it is missing or differs from `wanted`, and counts which it was. */
export async function save<Wanted extends object>(
  run: { readonly actor: string; readonly counts: Counts },
  kind: Kind,
  row: Wanted | undefined,
  wanted: Wanted,
  write: { create: (by: CreatedBy) => Executable; update: (by: UpdatedBy) => Executable },
): Promise<void> {
  const outcome = row ? (differs(row, wanted) ? 'updated' : 'unchanged') : 'created'
  run.counts[kind][outcome]++
  if (outcome === 'created') await write.create({ created_by: run.actor, updated_by: run.actor }).execute()
  if (outcome === 'updated') {
    await write
      .update({ updated_by: run.actor, updated_at: sql<Date>`now()`, version: sql<number>`version + 1` })
      .execute()
  }
}

const differs = (row: object, wanted: object) =>
  Object.entries(wanted).some(([key, value]) => !isDeepStrictEqual(Reflect.get(row, key), value))

export const noCounts = (): Counts => {
  const none = () => ({ created: 0, updated: 0, unchanged: 0 })
  return { workspaces: none(), environments: none(), connections: none(), resources: none(), apiKeys: none() }
}

/** The columns of everything that limits can sit on. */
export const limitColumns = ({ capacity, maxConcurrent }: Limits) => ({
  capacity,
  max_concurrent: maxConcurrent ?? null,
})

export const nameKey = (name: string) => name.toLowerCase()

/** Each entry with its place in the document; a name that was there before is a problem and is left out. */
export function* uniqueNames<Spec extends { name: string }>(
  run: { problems: string[] },
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
