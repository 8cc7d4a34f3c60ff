'use client'

import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '@/client/api'
import { isProblem } from '@/client/problem'
import { environmentKey } from '@/client/queries'
import type { components } from '@/client/schema'
import { OUTCOMES } from '@/components/decision-outcomes'
import { count } from '@/components/figures'
import { exactMoment } from '@/components/moment'
import { useEnvironmentPath } from '@/session/use-environment-path'

export type RecordedExchange = components['schemas']['AuditExchange']

type RecordedPickerProps = {
  readonly resourceId: string
  readonly value: RecordedExchange | undefined
  readonly onChange: (exchange: RecordedExchange | undefined) => void
}

const RECENT = 50

/** Chooses one of the last requests to the resource that were recorded. */
export function RecordedPicker({ resourceId, value, onChange }: RecordedPickerProps) {
  const { workspaceId, environmentId } = useEnvironmentPath()
  const path = { workspaceId, environmentId }
  const { data, error, isPending } = useQuery({
    queryKey: [...environmentKey(path), 'recent-exchanges', resourceId],
    queryFn: () =>
      answerOf(
        api.GET('/workspaces/{workspaceId}/environments/{environmentId}/audit', {
          params: { path, query: { resourceId, limit: RECENT } },
        }),
      ),
  })
  return (
    <Autocomplete<RecordedExchange>
      options={data?.items ?? []}
      value={value ?? null}
      onChange={(_, exchange) => onChange(exchange ?? undefined)}
      loading={isPending}
      loadingText="Reading the audit…"
      noOptionsText="No request to this resource was recorded yet"
      getOptionKey={({ id }) => id}
      getOptionLabel={({ startedAt, outcome }) => `${exactMoment(startedAt)}: ${OUTCOMES[outcome].title}`}
      isOptionEqualToValue={(option, chosen) => option.id === chosen.id}
      renderOption={({ key, ...props }, exchange) => (
        <Box component="li" key={key} {...props}>
          <Box sx={{ minWidth: 0 }}>
            {exactMoment(exchange.startedAt)}
            <Typography variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
              {[
                OUTCOMES[exchange.outcome].title,
                exchange.model,
                exchange.estimate && `${count(exchange.estimate.input)} tokens estimated`,
                exchange.user && `user ${exchange.user}`,
              ]
                .filter(Boolean)
                .join(' · ')}
            </Typography>
          </Box>
        </Box>
      )}
      renderInput={(params) => (
        <TextField
          {...params}
          label="Begin with a recorded request"
          error={error !== null}
          helperText={
            error === null
              ? `One of the last ${RECENT} of this resource, newest first`
              : isProblem(error)
                ? error.detail
                : 'They could not be read'
          }
        />
      )}
    />
  )
}
