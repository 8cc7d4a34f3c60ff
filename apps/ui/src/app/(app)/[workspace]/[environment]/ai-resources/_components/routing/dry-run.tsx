'use client'

import PlayIcon from '@mui/icons-material/PlayArrow'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { connectionsQuery } from '@/client/queries'
import { ProblemAlert } from '@/components/problem-alert'
import { Section } from '@/components/section'
import { NoPermission } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { HeardText } from './heard-text'
import { type RecordedExchange, RecordedPicker } from './recorded-picker'
import type { ResourceDraft } from './resource-draft'
import { RouteResult } from './route-result'
import { verdictOf } from './route-words'
import { SampleForm } from './sample-form'
import { FIRST_SAMPLE, sampleOfRecord } from './sample-request'
import { useDryRun } from './use-dry-run'

type DryRunProps = {
  /** Undefined: the resource is new. */
  readonly resourceId: string | undefined
  /** The resource as it would be saved now. */
  readonly draft: () => ResourceDraft
}

/** Asks where a request would go, without a call to a provider. */
export function DryRun({ resourceId, draft }: DryRunProps) {
  const path = useEnvironmentPath()
  const may = useMay()
  const { data: connections } = useQuery({ ...connectionsQuery(path), enabled: may('listAiConnections') })
  const { run, mayRun, asksDraft } = useDryRun(resourceId, draft)
  const [sample, setSample] = useState(FIRST_SAMPLE)
  const [recorded, setRecorded] = useState<RecordedExchange>()
  const answers = useRef<HTMLDivElement>(null)
  if (!mayRun)
    return (
      <NoPermission>
        It takes the permission {permissionOf(resourceId === undefined ? 'routeNewAiResource' : 'routeAiResource')}.
      </NoPermission>
    )

  const choose = (exchange: RecordedExchange | undefined) => {
    setRecorded(exchange)
    if (exchange) setSample(sampleOfRecord(exchange))
    run.reset()
  }
  const start = (draws: readonly number[]) =>
    run.mutate(
      { sample, draws, wantedTokens: recorded?.estimate?.input },
      {
        onSuccess: (result) => {
          setSample(result.sample)
          answers.current?.scrollIntoView({ block: 'nearest' })
        },
      },
    )
  const jsonError = run.error instanceof SyntaxError ? run.error.message : undefined
  const byDraft = asksDraft()
  return (
    <Box
      sx={{
        display: 'grid',
        columnGap: 2,
        alignItems: 'start',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 5fr) minmax(0, 7fr)' },
      }}
    >
      <Section title="Request" description="No provider is called, no limit is charged and nothing is recorded.">
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          {resourceId !== undefined && may('listAudit') && (
            <RecordedPicker resourceId={resourceId} value={recorded} onChange={choose} />
          )}
          {recorded && (
            <Alert severity="info">
              Texts of requests are not recorded. Stream, user, metadata and key are those of the record.{' '}
              {recorded.estimate
                ? 'The message is filler that is estimated as about as many tokens.'
                : 'How long it was is not recorded either, since it came to no target.'}{' '}
              Headers, tools and the limit of output are not known.
            </Alert>
          )}
          <SampleForm sample={sample} onChange={setSample} jsonError={jsonError} />
          {jsonError === undefined && <ProblemAlert error={run.error} />}
          <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
            <Button variant="contained" startIcon={<PlayIcon />} onClick={() => start([])} loading={run.isPending}>
              Ask where it goes
            </Button>
            <Typography variant="body2" sx={{ color: 'text.secondary' }}>
              {byDraft ? 'By the draft with your unsaved changes' : 'By the resource as it is saved'}
            </Typography>
          </Box>
        </Box>
      </Section>
      <Section title="Decision">
        <HeardText role="status">{run.data && verdictOf(run.data.answer)}</HeardText>
        <Box ref={answers} sx={{ scrollMarginTop: 120 }}>
          {run.data ? (
            <RouteResult
              result={run.data}
              recorded={recorded}
              connectionName={(id) => connections?.find((connection) => connection.id === id)?.name}
              onRepeat={() => start(run.data.answer.draws)}
              busy={run.isPending}
            />
          ) : (
            <Typography sx={{ color: 'text.secondary' }}>
              Shows what each rule says of the request, which one decides, and which targets would be tried.
            </Typography>
          )}
        </Box>
      </Section>
    </Box>
  )
}
