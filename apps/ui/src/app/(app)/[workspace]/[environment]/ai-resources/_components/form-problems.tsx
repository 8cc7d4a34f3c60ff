'use client'

import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import { isProblem } from '@/client/problem'
import { ProblemAlert } from '@/components/problem-alert'
import { type EditingTab, tabOf, tabsWithErrors } from './resource-tabs'

type FormProblemsProps = {
  /** What stopped the last save. */
  readonly error: unknown
  readonly errors: Readonly<Record<string, string>>
  readonly current: string
  readonly onShow: (tab: EditingTab) => void
}

const TITLES: Readonly<Record<EditingTab, string>> = {
  general: 'General',
  routing: 'Routing',
  fallback: 'Fallback chain',
  limits: 'Limits',
  times: 'Time limits and retries',
}

/** Why it was not saved, and the ways to what is wrong on tabs that are not shown. */
export function FormProblems({ error, errors, current, onShow }: FormProblemsProps) {
  const elsewhere = [...tabsWithErrors(errors)].filter((tab) => tab !== current)
  // What has no field on any tab is said in words; the rest is said where it is.
  const shown = isProblem(error) ? error.errors.flatMap(({ path }) => (tabOf(dotted(path)) ? [path] : [])) : []
  return (
    <>
      <ProblemAlert error={error} shownFields={shown} />
      {elsewhere.length > 0 && (
        <Alert
          severity="error"
          variant="outlined"
          sx={{
            mb: 2,
            alignItems: 'center',
            '& .MuiAlert-message': { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, py: 0.25 },
          }}
        >
          Something is not right on
          {elsewhere.map((tab) => (
            <Button key={tab} size="small" color="error" variant="outlined" onClick={() => onShow(tab)}>
              {TITLES[tab]}
            </Button>
          ))}
        </Alert>
      )}
    </>
  )
}

/** The API writes places of a list as `routing[0]`. */
const dotted = (path: string) => path.replace(/\[(\d+)\]/g, '.$1')
