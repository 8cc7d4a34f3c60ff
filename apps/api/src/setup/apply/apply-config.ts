import { BUILT_IN_ROLES, type ConfigFile, type EnvironmentSpec, type WorkspaceSpec } from '@vm-x/contract'
import {
  ConfigRejected,
  type Database,
  inWorkspace,
  type Origin,
  unstorable,
  type WorkspaceContext,
} from '@vm-x/storage'
import { type Kysely, sql } from 'kysely'
import type { Author } from '../../change/author.ts'
import type { Change, Changes } from '../../change/changes.ts'
import { applyEnvironment } from './apply-environment.ts'
import { type ConfigServices, type Counts, nameKey, noCounts, type Run, save, uniqueNames } from './run.ts'

export type ApplyOptions = {
  readonly changes: Changes
  readonly services: ConfigServices
  readonly author: Author
  /** What new rows are marked with; rows that exist keep theirs. */
  readonly origin: Origin
  /** Only where nothing was ever set up: another replica may be first. */
  readonly onlyWhenNew?: boolean
}

/**
 * Creates what the document names, or brings it up to date, by name and without regard to case, in one change; what the
 * document leaves out stays. What is right already keeps its version. A connection without an `apiKey` keeps the
 * credential it has, unless its provider or address changes. New workspaces belong to the administrators.
 * Throws {@link ConfigRejected} with every problem, by its place in the document; then nothing is written. Undefined when
 * it was only for a new installation, and this is none.
 */
export async function applyConfig(
  config: ConfigFile,
  { changes, services, author, origin, onlyWhenNew = false }: ApplyOptions,
): Promise<Counts | undefined> {
  const texts = unstorable(config)
  if (texts.length > 0)
    throw new ConfigRejected(texts.map((path) => `${path}: holds a character that can not be stored`))
  return await changes.run(author, async (change) => {
    // Several replicas may start with the same document at once.
    await sql`select pg_advisory_xact_lock(hashtext('vm-x-ai:config'))`.execute(change.trx)
    if (onlyWhenNew && (await hasWorkspace(change.trx))) return undefined
    const run: Run = { ...services, change, origin, counts: noCounts(), problems: [] }
    await applyWorkspaces(run, config.workspaces)
    if (run.problems.length > 0) throw new ConfigRejected(run.problems)
    return run.counts
  })
}

async function applyWorkspaces(run: Run, specs: readonly WorkspaceSpec[]): Promise<void> {
  const { change, workspaces } = run
  for (const { spec, path } of uniqueNames(run, 'workspaces', specs)) {
    const existing = await change.trx
      .selectFrom('workspace')
      .select(['id', 'version'])
      .where(sql`lower(name)`, '=', nameKey(spec.name))
      .executeTakeFirst()
    const { name, timeZone, capacity, maxConcurrent = null } = spec
    const wanted = { name, timeZone, capacity, maxConcurrent }
    const saved = await save(run, existing, {
      kind: 'workspaces',
      path,
      create: async () => workspaces.create(change, wanted, await administrators(change)),
      update: ({ id, version }) => workspaces.update(change, { workspaceId: id }, version, wanted),
    })
    if (saved) await applyEnvironments(run, { workspaceId: saved.id }, spec.environments, path)
  }
}

async function applyEnvironments(
  run: Run,
  context: WorkspaceContext,
  specs: readonly EnvironmentSpec[],
  parent: string,
): Promise<void> {
  const { change, environments } = run
  for (const { spec, path } of uniqueNames(run, `${parent}.environments`, specs)) {
    const existing = await inWorkspace(change.trx, context)
      .selectFrom('environment')
      .select(['id', 'version'])
      .where(sql`lower(name)`, '=', nameKey(spec.name))
      .executeTakeFirst()
    const { name, capacity, maxConcurrent = null } = spec
    const wanted = { name, capacity, maxConcurrent }
    const saved = await save(run, existing, {
      kind: 'environments',
      path,
      create: () => environments.create(change, context, wanted),
      update: ({ id, version }) => environments.update(change, { ...context, environmentId: id }, version, wanted),
    })
    if (saved) await applyEnvironment(run, { ...context, environmentId: saved.id }, spec, path)
  }
}

async function hasWorkspace(db: Kysely<Database>): Promise<boolean> {
  return (await db.selectFrom('workspace').select('id').limit(1).executeTakeFirst()) !== undefined
}

/** Somebody must see what the file makes. */
async function administrators({ trx }: Change): Promise<string[]> {
  const rows = await trx
    .selectFrom('user_role')
    .innerJoin('user', 'user.id', 'user_role.user_id')
    .where('user_role.role_id', '=', BUILT_IN_ROLES.admin.id)
    .where('user.state', '!=', 'disabled')
    .select('user.id')
    .orderBy('user.id')
    .execute()
  return rows.map(({ id }) => id)
}
