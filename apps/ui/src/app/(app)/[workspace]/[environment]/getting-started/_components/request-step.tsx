'use client'

import SendIcon from '@mui/icons-material/Send'
import StopIcon from '@mui/icons-material/Stop'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useEffect, useRef, useState } from 'react'
import { AnswerCard } from '@/chat/answer-card'
import { AnswerRecord } from '@/chat/answer-record'
import { type ChatAnswer, WAITING } from '@/chat/chat-answer.ts'
import { useAsk } from '@/chat/use-ask'
import type { AiResource } from '@/client/queries'
import { permissionOf, useMay } from '@/session/use-permission'
import { NotPermitted } from './not-permitted'

type RequestStepProps = {
  readonly resources: readonly AiResource[]
  /** The id of the one that was made here. */
  readonly preferred: string | undefined
  readonly onSend: () => void
  readonly onAnswered: () => void
}

type Exchange = { readonly name: string; readonly answer: ChatAnswer }

/** Sends a message as who is signed in, and shows the answer as it comes. */
export function RequestStep({ resources, preferred, onSend, onAnswered }: RequestStepProps) {
  const may = useMay()
  const ask = useAsk()
  const [chosen, setChosen] = useState<string>()
  const [text, setText] = useState('Hello! Who are you?')
  const [exchange, setExchange] = useState<Exchange>()
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const askable = resources.filter(({ id, enabled }) => enabled && may('chatWithAiResource', { aiResourceId: id }))
  const resource = askable.find(({ id }) => id === (chosen ?? preferred)) ?? askable[0]
  if (!resource)
    return resources.some(({ enabled }) => enabled) ? (
      <NotPermitted what="send requests from the console" permissions={[permissionOf('chatWithAiResource')]} />
    ) : (
      <Typography variant="body2">Every AI resource here is disabled: enable one to ask it.</Typography>
    )
  const busy = exchange !== undefined && exchange.answer.durationMs === undefined
  const send = async () => {
    const { id, name } = resource
    const controller = new AbortController()
    abort.current = controller
    const show = (answer: ChatAnswer) => setExchange({ name, answer })
    onSend()
    show(WAITING)
    const messages = [{ role: 'user' as const, content: text }]
    const answer = await ask({ aiResourceId: id, messages, stream: true, signal: controller.signal, onProgress: show })
    show(answer)
    if (answer.state === 'complete') onAnswered()
  }
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)', maxWidth: 760 }}>
      <Box
        component="form"
        aria-label="Send a message"
        onSubmit={(event) => {
          event.preventDefault()
          if (busy) abort.current?.abort()
          else void send()
        }}
        sx={{
          display: 'grid',
          gap: 1.5,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'minmax(0, 1fr) minmax(0, 2fr) auto' },
          alignItems: 'start',
        }}
      >
        <TextField select label="AI resource" value={resource.id} onChange={(event) => setChosen(event.target.value)}>
          {askable.map(({ id, name }) => (
            <MenuItem key={id} value={id}>
              {name}
            </MenuItem>
          ))}
        </TextField>
        <TextField label="Message" value={text} onChange={(event) => setText(event.target.value)} />
        <Button
          type="submit"
          variant={busy ? 'outlined' : 'contained'}
          color={busy ? 'error' : 'primary'}
          startIcon={busy ? <StopIcon /> : <SendIcon />}
          disabled={!busy && text.trim() === ''}
          sx={{ minHeight: 40, minWidth: 96 }}
        >
          {busy ? 'Stop' : 'Send'}
        </Button>
      </Box>
      {exchange && (
        <AnswerCard name={exchange.name} answer={exchange.answer}>
          {!busy && exchange.answer.requestId && <AnswerRecord requestId={exchange.answer.requestId} />}
        </AnswerCard>
      )}
    </Box>
  )
}
