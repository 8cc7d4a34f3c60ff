'use client'

import Alert from '@mui/material/Alert'
import AlertTitle from '@mui/material/AlertTitle'
import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'
import { duration } from '@/components/figures'
import { AnswerFigures } from './answer-figures'
import type { ChatAnswer, ChatProblem } from './chat-answer.ts'

type AnswerCardProps = {
  /** The resource that was asked. */
  readonly name: string
  readonly answer: ChatAnswer
  /** Below the figures. */
  readonly children?: ReactNode
}

/** What a resource answered: the text as it is, never as markup, who gave it and how long it took. */
export function AnswerCard({ name, answer, children }: AnswerCardProps) {
  const { state, text, problem, finishReason } = answer
  const { label, color } = STATES[state]
  return (
    <Box
      component="section"
      aria-label={`Answer of ${name}`}
      aria-busy={state === 'waiting' || state === 'streaming'}
      sx={{ border: 1, borderColor: 'divider', borderRadius: 1, p: 1.5, minWidth: 0, bgcolor: 'background.paper' }}
    >
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', minHeight: 24, mb: 1 }}>
        <Typography variant="h3" component="h3" noWrap title={name} sx={{ flexGrow: 1, minWidth: 0 }}>
          {name}
        </Typography>
        <Box role="status" sx={{ flexShrink: 0, fontSize: 12.5 }}>
          <Chip label={label} color={color} variant="outlined" />
        </Box>
      </Box>
      {text && (
        <Typography component="div" sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', lineHeight: 1.6 }}>
          {text}
        </Typography>
      )}
      {!text && (state === 'waiting' || state === 'streaming') && (
        <Typography sx={{ color: 'text.secondary' }}>Waiting for the first words…</Typography>
      )}
      {!text && state === 'complete' && (
        <Typography sx={{ color: 'text.secondary' }}>
          {finishReason === 'length'
            ? 'The output limit was reached before the first word.'
            : 'The answer has no text.'}
        </Typography>
      )}
      {text && state === 'complete' && finishReason === 'length' && (
        <Typography variant="body2" sx={{ color: 'warning.main', mt: 1 }}>
          Cut by the output limit.
        </Typography>
      )}
      {problem && <Refusal problem={problem} broken={state === 'broken'} />}
      <AnswerFigures answer={answer} />
      {children}
    </Box>
  )
}

const STATES = {
  waiting: { label: 'Waiting', color: 'default' },
  streaming: { label: 'Answering', color: 'info' },
  complete: { label: 'Complete', color: 'success' },
  stopped: { label: 'Stopped', color: 'default' },
  broken: { label: 'Broken off', color: 'error' },
  refused: { label: 'Refused', color: 'error' },
} as const

function Refusal({ problem, broken }: { problem: ChatProblem; broken: boolean }) {
  const { code, message, source, retryAfterMs } = problem
  const limited = LIMITS.includes(code)
  return (
    <Alert severity={limited ? 'warning' : 'error'} variant="outlined" sx={{ mt: broken ? 1.5 : 0 }}>
      <AlertTitle>{titleOf(code, source, broken)}</AlertTitle>
      <Box sx={{ overflowWrap: 'anywhere' }}>{message}</Box>
      {retryAfterMs !== undefined && <Box sx={{ mt: 0.5 }}>Try again in {duration(Math.max(retryAfterMs, 1))}.</Box>}
      <Box sx={{ mt: 0.5, fontSize: 12 }}>
        <code>{code}</code>
      </Box>
    </Alert>
  )
}

const LIMITS = ['capacity_exceeded', 'target_busy', 'provider_rate_limited']

function titleOf(code: string, source: string | undefined, broken: boolean): string {
  if (broken) return 'This answer is not complete'
  if (code === 'permission_missing') return 'You may not ask this resource'
  if (code === 'capacity_exceeded') return 'A limit is reached'
  if (code === 'target_busy') return 'A limit of the connection is reached'
  if (code === 'blocked_by_route') return 'A rule of the resource blocks this'
  if (code === 'api_unreachable') return 'The API can not be reached'
  return source === 'provider' ? 'The provider did not answer this' : 'The gateway refused this'
}
