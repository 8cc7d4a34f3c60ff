import type { UserAccess } from '@vm-x/contract'

export type StatementSource = {
  /** Undefined for the role that is being written. */
  readonly roleId: string | undefined
  readonly roleName: string
  readonly statementIndex: number
  readonly statement?: {
    readonly effect: string
    readonly actions: readonly string[]
    readonly resources: readonly string[]
  }
}

/** One permission with what roles decide about it, and by which statements. */
export type AccessRow = {
  readonly action: string
  readonly resource: string
  readonly decision: UserAccess['permissions'][number]['decision']
  readonly by: StatementSource | null
  readonly exceptions: readonly StatementSource[]
  readonly needs: UserAccess['membership']
}

/** What somebody is besides their roles; undefined where it is not asked about anybody. */
export type Standing = { readonly state: UserAccess['state']; readonly membership: UserAccess['membership'] }

/** `no-member`, `no-owner` and `disabled`: roles allow it, and it is refused all the same. */
export type Outcome = AccessRow['decision'] | 'no-member' | 'no-owner' | 'disabled'

/** What the API would answer, which looks at more than roles. */
export function outcomeOf({ decision, needs }: AccessRow, standing?: Standing): Outcome {
  if (decision !== 'allowed' || !standing) return decision
  if (standing.state === 'disabled') return 'disabled'
  if (needs !== null && standing.membership === null) return 'no-member'
  return needs === 'owner' && standing.membership !== 'owner' ? 'no-owner' : 'allowed'
}

/** The rows by the kind of what is acted on, e.g. `ai-connection`, in their order. */
export function byKind<Row extends { readonly action: string }>(rows: readonly Row[]): [kind: string, rows: Row[]][] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const kind = row.action.split(':')[0] ?? row.action
    groups.set(kind, [...(groups.get(kind) ?? []), row])
  }
  return [...groups]
}
