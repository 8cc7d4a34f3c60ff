'use client'

import Alert from '@mui/material/Alert'
import AlertTitle from '@mui/material/AlertTitle'
import Box from '@mui/material/Box'
import { isProblem, type Problem } from '@/client/problem'

/** Why what was asked for was not done, above the form that keeps what was typed. */
export function ProblemAlert({ error, shownFields = [] }: { error: unknown; shownFields?: readonly string[] }) {
  if (!error) return null
  const { title, detail, status, requestId, errors, usedBy } = reasonOf(error)
  const elsewhere = errors.filter(({ path }) => !shownFields.includes(path))
  return (
    <Alert severity="error" sx={{ mb: 2 }}>
      <AlertTitle>{title}</AlertTitle>
      {errors.length === 0
        ? detail !== title && detail
        : elsewhere.length === 0 && 'Look at the fields that are marked.'}
      {elsewhere.length > 0 && (
        <Box component="ul" sx={{ my: 0.5, pl: 2.5 }}>
          {elsewhere.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code> {message}
            </li>
          ))}
        </Box>
      )}
      {usedBy.length > 0 && (
        <Box component="ul" sx={{ my: 0.5, pl: 2.5 }}>
          {usedBy.map(({ kind, id, name }) => (
            <li key={id}>
              {kind} {name}
            </li>
          ))}
        </Box>
      )}
      {requestId && status >= 500 && (
        <Box sx={{ fontSize: 12, mt: 0.5 }}>
          Request <code>{requestId}</code>
        </Box>
      )}
    </Alert>
  )
}

type Reason = Pick<Problem, 'title' | 'detail' | 'status' | 'requestId' | 'errors' | 'usedBy'>

function reasonOf(error: unknown): Reason {
  // What the API says of it is for programs.
  if (isProblem(error, 'not_signed_in')) return ENDED
  return isProblem(error) ? error : FAULT
}

const ENDED: Reason = {
  title: 'Your session had ended',
  detail: 'Nothing was changed, and what you have typed is still here. Sign in, then try again.',
  status: 401,
  requestId: undefined,
  errors: [],
  usedBy: [],
}

const FAULT: Reason = {
  title: 'Something went wrong',
  detail: 'The console met an error of its own. What you have typed is still here.',
  status: 0,
  requestId: undefined,
  errors: [],
  usedBy: [],
}
