'use client'

import CloudOffIcon from '@mui/icons-material/CloudOff'
import ErrorIcon from '@mui/icons-material/ErrorOutlined'
import LockIcon from '@mui/icons-material/LockOutlined'
import SearchOffIcon from '@mui/icons-material/SearchOff'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'
import { isProblem } from '@/client/problem'

type StateProps = {
  readonly icon: ReactNode
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
  /** Whether it appeared in the place of something that was asked for. */
  readonly alert?: boolean
}

/** What a page or a list shows instead of its content. */
function State({ icon, title, children, action, alert }: StateProps) {
  return (
    <Box role={alert ? 'alert' : undefined} sx={{ py: 7, px: 2, textAlign: 'center', maxWidth: 560, mx: 'auto' }}>
      <Box sx={{ color: 'text.secondary', mb: 1.5, '& svg': { fontSize: 38 } }}>{icon}</Box>
      <Typography variant="h2" component="h2">
        {title}
      </Typography>
      {children && (
        <Typography component="div" sx={{ mt: 1, color: 'text.secondary', overflowWrap: 'anywhere' }}>
          {children}
        </Typography>
      )}
      {action && (
        <Box sx={{ mt: 2.5, display: 'flex', gap: 1, justifyContent: 'center', flexWrap: 'wrap' }}>{action}</Box>
      )}
    </Box>
  )
}

/** Nothing is there yet: says what it is for and how to begin. */
export function EmptyState(props: Omit<StateProps, 'alert'>) {
  return <State {...props} />
}

/** What is asked for can't be shown, and why. A missing permission is told from a fault. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => unknown }) {
  if (isProblem(error, 'permission_missing') || isProblem(error, 'owner_required'))
    return <NoPermission>{error.detail}.</NoPermission>
  if (isProblem(error, 'not_found'))
    return (
      <State alert icon={<SearchOffIcon />} title="There is nothing here">
        It was deleted, the address is mistyped, or you are no member of its workspace.
      </State>
    )
  const again = onRetry && (
    <Button variant="outlined" onClick={() => void onRetry()}>
      Try again
    </Button>
  )
  if (isProblem(error))
    return (
      <State
        alert
        icon={error.code === 'api_unreachable' ? <CloudOffIcon /> : <ErrorIcon />}
        title={error.title}
        action={again}
      >
        {error.detail}
        {error.requestId && (
          <Box component="span" sx={{ display: 'block', mt: 1, fontSize: 12 }}>
            Request <code>{error.requestId}</code>
          </Box>
        )}
      </State>
    )
  return (
    <State alert icon={<ErrorIcon />} title="Something went wrong" action={again}>
      This page met an error of its own.
    </State>
  )
}

/** What this person may not see, and who can change that. */
export function NoPermission({ children }: { children?: ReactNode }) {
  return (
    <State alert icon={<LockIcon />} title="You may not see this">
      {children} An administrator can give you a role that allows it.
    </State>
  )
}
