import type { ConfigFile, EnvironmentSpec, Rule, TargetRef, WorkspaceSpec } from '@vm-x/contract'
import type { Vault } from '@vm-x/gateway'
import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database, Origin } from '../db/schema.ts'
import { inWorkspace } from '../db/scope.ts'
import { applyEnvironment, type EnvironmentIds } from './apply-environment.ts'
import { unstorable } from './check-text.ts'
import { ConfigRejected } from './config-rejected.ts'
import { type Counts, limitColumns, nameKey, noCounts, save, uniqueNames } from './save.ts'

export type ApplyOptions = {
  /** Who asked, for `created_by` and `updated_by`. */
  readonly actor: string
  /** What new rows are marked with; rows that exist keep theirs. */
  readonly origin: Origin
  /** Undefined when the text is not an API key. */
  readonly parseApiKey: (value: string) => { publicId: string; hash: string } | undefined
  /** The providers that connections can be made for, by id. */
  readonly providers: ReadonlyMap<string, { readonly needsBaseUrl: boolean }>
  /** What is wrong with the rules of one resource, each with its path from their list. */
  readonly checkRouting: (
    rules: readonly Rule<TargetRef>[],
    targetExists: (target: TargetRef) => boolean,
  ) => readonly { path: readonly PropertyKey[]; message: string }[]
}

export type Applied = {
  readonly counts: Counts
  /** In the order of the document. */
  readonly environments: readonly (EnvironmentIds & { workspace: string; environment: string })[]
}

/** One call of {@link applyConfig} on its way through the document. */
export type Run = ApplyOptions & { trx: Transaction<Database>; vault: Vault; counts: Counts; problems: string[] }

/**
 * Creates what the document names, or brings it up to date, by name and without regard to case, in one transaction;
 * what the document leaves out stays. Rows that are right already keep their version. A connection without an `apiKey`
 * keeps the credential it has, unless its provider or address changes.
 * Throws {@link ConfigRejected} with every problem, by its place in the document; then nothing is written.
 */
export async function applyConfig(
  db: Kysely<Database>,
  vault: Vault,
  config: ConfigFile,
  options: ApplyOptions,
): Promise<Applied> {
  const texts = unstorable(config)
  if (texts.length > 0)
    throw new ConfigRejected(texts.map((path) => `${path}: holds a character that can not be stored`))
  return await db.transaction().execute(async (trx) => {
    // Several replicas may start with the same document at once.
    await sql`select pg_advisory_xact_lock(hashtext('vm-x-ai:config'))`.execute(trx)
    const run: Run = { ...options, trx, vault, counts: noCounts(), problems: [] }
    const environments = await applyWorkspaces(run, config.workspaces)
    if (run.problems.length > 0) throw new ConfigRejected(run.problems)
    return { counts: run.counts, environments }
  })
}

async function applyWorkspaces(run: Run, specs: readonly WorkspaceSpec[]): Promise<Applied['environments']> {
  const applied = []
  for (const { spec, path } of uniqueNames(run, 'workspaces', specs)) {
    const row = await run.trx
      .selectFrom('workspace')
      .selectAll()
      .where(sql`lower(name)`, '=', nameKey(spec.name))
      .executeTakeFirst()
    const id = row?.id ?? uuidv7()
    const wanted = { name: spec.name, time_zone: spec.timeZone, ...limitColumns(spec) }
    const columns = { ...wanted, capacity: JSON.stringify(wanted.capacity) }
    await save(run, 'workspaces', row, wanted, {
      create: (by) => run.trx.insertInto('workspace').values({ id, ...columns, ...by }),
      update: (by) =>
        run.trx
          .updateTable('workspace')
          .set({ ...columns, ...by })
          .where('id', '=', id),
    })
    const environments = await applyEnvironments(run, id, spec.environments, path)
    applied.push(...environments.map((environment) => ({ workspace: spec.name, ...environment })))
  }
  return applied
}

async function applyEnvironments(run: Run, workspaceId: string, specs: readonly EnvironmentSpec[], parent: string) {
  const scope = inWorkspace(run.trx, { workspaceId })
  const applied = []
  for (const { spec, path } of uniqueNames(run, `${parent}.environments`, specs)) {
    const row = await scope
      .selectFrom('environment')
      .selectAll()
      .where(sql`lower(name)`, '=', nameKey(spec.name))
      .executeTakeFirst()
    const environmentId = row?.id ?? uuidv7()
    const wanted = { name: spec.name, ...limitColumns(spec) }
    const columns = { ...wanted, capacity: JSON.stringify(wanted.capacity) }
    await save(run, 'environments', row, wanted, {
      create: (by) => scope.insertInto('environment', { id: environmentId, ...columns, ...by }),
      update: (by) =>
        scope
          .updateTable('environment')
          .set({ ...columns, ...by })
          .where('id', '=', environmentId),
    })
    applied.push({
      environment: spec.name,
      ...(await applyEnvironment(run, { workspaceId, environmentId }, spec, path)),
    })
  }
  return applied
}
