import type { AiResourceRevision, AiResourceRevisionWithDocument, PageQuery } from '@vm-x/contract'
import { type Database, type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Change } from '../change/changes.ts'
import { page } from '../http/page.ts'
import { notFound } from '../http/problem.ts'
import { inputOf, presentedResource, type ResourceRow } from './resource-row.ts'

/** Keeps a resource as it is saved now, once for each version. */
export async function keepRevision(change: Change, context: EnvironmentContext, row: ResourceRow): Promise<void> {
  await inEnvironment(change.trx, context)
    .insertInto('ai_resource_revision', {
      id: uuidv7(),
      resource_id: row.id,
      revision: row.version,
      document: JSON.stringify(inputOf(presentedResource(row))),
      created_at: row.updated_at,
      created_by: row.updated_by,
    })
    .onConflict((conflict) => conflict.columns(['resource_id', 'revision']).doNothing())
    .execute()
}

/** Oldest first. */
export const listRevisions = (
  db: Kysely<Database>,
  context: EnvironmentContext,
  resourceId: string,
  query: PageQuery,
) =>
  page(query, {
    read: (after, limit) =>
      inEnvironment(db, context)
        .selectFrom('ai_resource_revision')
        .where('resource_id', '=', resourceId)
        .where('id', '>', after)
        .select(['id', 'revision', 'created_at', 'created_by'])
        .orderBy('id')
        .limit(limit)
        .execute(),
    present: presented,
  })

/** Throws `not_found`, also for a revision of another resource. */
export async function revisionOf(
  db: Kysely<Database>,
  context: EnvironmentContext,
  resourceId: string,
  id: string,
): Promise<AiResourceRevisionWithDocument> {
  const row = await inEnvironment(db, context)
    .selectFrom('ai_resource_revision')
    .where('resource_id', '=', resourceId)
    .where('id', '=', id)
    .selectAll()
    .executeTakeFirst()
  if (!row) throw notFound('revision')
  return { ...presented(row), document: { ...row.document } }
}

type Listed = { readonly id: string; readonly revision: number; readonly created_at: Date; readonly created_by: string }

const presented = ({ id, revision, created_at, created_by }: Listed): AiResourceRevision => ({
  id,
  revision,
  createdAt: created_at.toISOString(),
  createdBy: created_by,
})
