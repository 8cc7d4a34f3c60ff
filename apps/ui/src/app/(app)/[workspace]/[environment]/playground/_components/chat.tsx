'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import { useEffect, useRef, useState } from 'react'
import { AnswerCard } from '@/chat/answer-card'
import { AnswerRecord } from '@/chat/answer-record'
import { WAITING } from '@/chat/chat-answer.ts'
import { ChatSettings, type Choice, MOST_COMPARED } from './chat-settings'
import { Composer } from './composer'
import type { Parameters, Turn } from './conversation.ts'
import { useConversation } from './use-conversation'

/** The conversation with what is chosen for it. */
export function Chat({ choices, wanted }: { choices: readonly Choice[]; wanted: readonly string[] }) {
  const { turns, busy, send, stop, clear } = useConversation()
  const [chosen, setChosen] = useState(() => firstChoice(choices, wanted))
  const [parameters, setParameters] = useState<Parameters>(DEFAULTS)
  const recipients = chosen.flatMap((id) => choices.find((choice) => choice.id === id) ?? [])
  return (
    <>
      <ChatSettings
        choices={choices}
        chosen={recipients}
        onChoose={setChosen}
        parameters={parameters}
        onChange={setParameters}
      />
      <Box sx={{ display: 'flex', alignItems: 'center', minHeight: 34, mt: 2, mb: 1 }}>
        <Typography variant="h2" sx={{ flexGrow: 1 }}>
          Conversation
        </Typography>
        {turns.length > 0 && (
          <Button color="secondary" onClick={clear}>
            Begin anew
          </Button>
        )}
      </Box>
      <Box
        sx={{ display: 'grid', gap: 3, minHeight: 160, alignContent: 'start', gridTemplateColumns: 'minmax(0, 1fr)' }}
      >
        {turns.length === 0 && (
          <Typography sx={{ color: 'text.secondary', py: 3 }}>
            Write a message below. Every chosen resource gets it at the same time, and their answers stand side by side.
          </Typography>
        )}
        {turns.map((turn, index) => (
          <TurnView key={turn.id} turn={turn} latest={index === turns.length - 1} />
        ))}
      </Box>
      <Composer
        busy={busy}
        blocked={recipients.length === 0 ? 'Choose a resource first' : undefined}
        onSend={(text) => void send(text, recipients, parameters)}
        onStop={stop}
      />
    </>
  )
}

const DEFAULTS: Parameters = { system: '', maxTokens: null, temperature: null, stream: true }

/** What the address names, else the first that is on. */
function firstChoice(choices: readonly Choice[], wanted: readonly string[]): string[] {
  const named = choices.filter(({ id }) => wanted.includes(id)).map(({ id }) => id)
  const first = choices.find(({ enabled }) => enabled)
  return named.length > 0 || !first ? named.slice(0, MOST_COMPARED) : [first.id]
}

function TurnView({ turn, latest }: { turn: Turn; latest: boolean }) {
  const element = useRef<HTMLDivElement>(null)
  const ended = turn.asked.every(({ id }) => turn.answers[id]?.durationMs !== undefined)
  useEffect(() => {
    if (latest) element.current?.scrollIntoView({ block: 'nearest' })
  }, [latest])
  useEffect(() => {
    const top = element.current?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY
    // Who has scrolled away to read something else is left there.
    if (latest && ended && top < window.innerHeight) element.current?.scrollIntoView({ block: 'nearest' })
  }, [latest, ended])
  return (
    <Box
      ref={element}
      sx={{
        display: 'grid',
        gap: 1.5,
        gridTemplateColumns: 'minmax(0, 1fr)',
        scrollMarginBottom: 160,
        scrollMarginTop: 72,
      }}
    >
      <Box sx={{ borderLeft: 3, borderColor: 'primary.main', pl: 1.5 }}>
        <Typography variant="overline" sx={{ color: 'text.secondary', display: 'block' }}>
          You
        </Typography>
        <Typography component="div" sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {turn.text}
        </Typography>
      </Box>
      <Box
        sx={{
          display: 'grid',
          gap: 1.5,
          alignItems: 'start',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: `repeat(${turn.asked.length}, minmax(0, 1fr))` },
        }}
      >
        {turn.asked.map(({ id, name }) => {
          const answer = turn.answers[id] ?? WAITING
          return (
            <AnswerCard key={id} name={name} answer={answer}>
              {answer.durationMs !== undefined && answer.requestId && <AnswerRecord requestId={answer.requestId} />}
            </AnswerCard>
          )
        })}
      </Box>
    </Box>
  )
}
