import { z } from 'zod'
import { policyStatement } from '../policy/policy-document.ts'
import { userState } from './auth.ts'
import { membership } from './workspace.ts'

export const userAccessQuery = z
  .strictObject({
    workspaceId: z.uuid().toLowerCase().optional().describe('One of yours; without it, what is in no workspace'),
    environmentId: z.uuid().toLowerCase().optional().describe('Of the workspace'),
  })
  .refine(({ workspaceId, environmentId }) => environmentId === undefined || workspaceId !== undefined, {
    message: 'needs the workspaceId as well',
    path: ['environmentId'],
  })

const place = z.strictObject({
  roleId: z.uuid(),
  roleName: z.string(),
  statementIndex: z.int().min(0).describe('In the policy of the role, counted from 0'),
  statement: policyStatement.exactOptional().describe('Only for who may get the role'),
})

/** What a user may do here, and by which statements. */
export const userAccess = z.strictObject({
  state: userState.describe('Who is disabled may do nothing, whatever their roles allow'),
  membership: membership.nullable().describe('What the user is in the workspace; null where none is named, too'),
  permissions: z.array(
    z.strictObject({
      action: z.string(),
      resource: z.string().describe('`*` is where something is listed or created, or any one of its kind'),
      decision: z
        .enum(['allowed', 'denied', 'not-allowed'])
        .describe('Of the roles alone. `denied`: a statement denies it; `not-allowed`: none allows it'),
      by: place.nullable().describe('The statement that decided; null where none applies'),
      exceptions: z.array(place).describe('Statements that decide otherwise for some of what `*` stands for'),
      needs: membership.nullable().describe('What the user must be in the workspace beside what the roles allow'),
    }),
  ),
})

export type UserAccessQuery = z.infer<typeof userAccessQuery>
export type UserAccess = z.infer<typeof userAccess>
