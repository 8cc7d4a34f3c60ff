'use client'

import Typography from '@mui/material/Typography'

/** What this person can't do in a step, and by which permissions somebody could let them. */
export function NotPermitted({ what, permissions }: { what: string; permissions: readonly string[] }) {
  return (
    <Typography variant="body2">
      You may not {what}. It needs{' '}
      {permissions.map((permission, index) => (
        <span key={permission}>
          {index > 0 && ' and '}
          <code>{permission}</code>
        </span>
      ))}
      : an administrator can give you a role that has it, or do this step for you.
    </Typography>
  )
}
