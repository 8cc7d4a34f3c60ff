'use client'

import ExpandLessIcon from '@mui/icons-material/ExpandLess'
import ExpandMoreIcon from '@mui/icons-material/ExpandMore'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useId, useState } from 'react'
import { isProblem } from '@/client/problem'
import { ProblemAlert } from '@/components/problem-alert'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { recordedExchangeQuery } from './recorded-exchange-query'

const DecisionRecord = dynamic(() => import('@/components/decision-record').then((module) => module.DecisionRecord), {
  ssr: false,
  loading: () => <Loading />,
})

/** Why a request went where it went, in place, and the way to its audit record. Absent for who may not see records. */
export function AnswerRecord({ requestId }: { requestId: string }) {
  const { href } = useEnvironmentPath()
  const may = useMay()
  const [open, setOpen] = useState(false)
  const id = useId()
  if (!may('getAuditExchange', { exchangeId: requestId })) return null
  return (
    <>
      <Box sx={{ display: 'flex', gap: 0.5, flexWrap: 'wrap', mt: 1, ml: -0.75 }}>
        <Button
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
          endIcon={open ? <ExpandLessIcon /> : <ExpandMoreIcon />}
        >
          Decision record
        </Button>
        <Button component={Link} href={`${href}/audit/${requestId}`}>
          Open in the audit
        </Button>
      </Box>
      <Box id={id} sx={open ? { mt: 1, pt: 1.5, borderTop: 1, borderColor: 'divider' } : undefined}>
        {open && <Recorded requestId={requestId} />}
      </Box>
    </>
  )
}

function Recorded({ requestId }: { requestId: string }) {
  const { data, error, refetch } = useQuery(recordedExchangeQuery(useEnvironmentPath(), requestId))
  if (data) return <DecisionRecord exchange={data} compact />
  if (!error) return <Loading />
  return (
    <>
      {isProblem(error, 'not_found') ? 'The record is not there yet.' : <ProblemAlert error={error} />}{' '}
      <Button onClick={() => void refetch()}>Look again</Button>
    </>
  )
}

const Loading = () => <Skeleton variant="rounded" height={120} aria-label="Loading the record" />
