import type { AuditScope } from '@vm-x/gateway'
import { type RawBuilder, type SqlBool, sql } from 'kysely'

/** Whether a row of the audit or of the usage may be seen. */
export const inExchangeScope = (scope: AuditScope): RawBuilder<SqlBool> =>
  scope === 'operator'
    ? sql`true`
    : sql`(environment_id = ${scope.environmentId} and workspace_id = ${scope.workspaceId})`
