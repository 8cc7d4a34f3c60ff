import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { AccessRow, Outcome, StatementSource } from './access-rows'

/** Which statement decided, what it says, and what else has a part in it. */
export function AccessReason({ row, outcome }: { row: AccessRow; outcome: Outcome }) {
  const { by, exceptions, needs } = row
  return (
    <Box sx={{ display: 'grid', gap: 0.25, fontSize: 13 }}>
      {by ? <Source source={by} /> : <Quiet>No statement allows it</Quiet>}
      {exceptions.map((source) => (
        <Box key={`${source.roleName} ${source.statementIndex}`}>
          {row.decision === 'allowed' ? 'Except' : 'Only for some:'} <Source source={source} />
        </Box>
      ))}
      {NOTES[outcome] && <Quiet>{NOTES[outcome]}</Quiet>}
      {outcome === 'allowed' && needs === 'owner' && <Quiet>As an owner of the workspace</Quiet>}
    </Box>
  )
}

const NOTES: Partial<Record<Outcome, string>> = {
  'no-member': 'Roles alone open no workspace: an owner must add them as a member',
  'no-owner': 'Beside the role it takes an owner of the workspace',
  disabled: 'Who is disabled may do nothing',
}

function Source({ source }: { source: StatementSource }) {
  const { roleId, roleName, statementIndex, statement } = source
  const number = statementIndex + 1
  return (
    <span>
      {roleId === undefined ? (
        `Statement ${number}`
      ) : (
        <>
          <MuiLink component={Link} href={`/roles/${roleId}`} underline="always">
            {roleName}
          </MuiLink>
          , statement {number}
        </>
      )}
      {statement && (
        <Quiet>
          {': '}
          {statement.effect} {few(statement.actions)} on {few(statement.resources)}
        </Quiet>
      )}
    </span>
  )
}

/** Long statements are read in their role. */
const few = (patterns: readonly string[]) =>
  patterns.length > 3 ? `${patterns.slice(0, 3).join(', ')} and ${patterns.length - 3} more` : patterns.join(', ')

const Quiet = ({ children }: { children: ReactNode }) => (
  <Box component="span" sx={{ color: 'text.secondary' }}>
    {children}
  </Box>
)
