import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/** Whether the audit is out of the serving role's reach. `reason` says what is wrong; empty when nothing is. */
export type AuditGuard = { readonly protected: boolean; readonly reason: string }

/**
 * Asks the database whether the role behind `db` could lift the protection of the append-only tables. Triggers stop
 * anyone by mistake; only a role that neither owns the tables nor is a superuser is also stopped on purpose.
 */
export async function auditGuard(db: Kysely<Database>): Promise<AuditGuard> {
  const { rows } = await sql<{ superuser: boolean; owner: boolean }>`
    select
      (select rolsuper from pg_roles where rolname = current_user) as superuser,
      (select bool_or(pg_has_role(session_user, relowner, 'member')) from pg_class
        where oid in ('audit_exchange'::regclass, 'usage_event'::regclass)
          or oid in (select inhrelid from pg_inherits where inhparent in ('audit_exchange'::regclass, 'usage_event'::regclass))
      ) as owner`.execute(db)
  if (rows[0]?.superuser) return unprotected('the serving role is a superuser of the database')
  if (rows[0]?.owner) return unprotected('the serving role owns the audit tables')
  return { protected: true, reason: '' }
}

const unprotected = (reason: string): AuditGuard => ({ protected: false, reason })
