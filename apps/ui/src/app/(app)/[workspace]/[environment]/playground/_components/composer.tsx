'use client'

import SendIcon from '@mui/icons-material/Send'
import StopIcon from '@mui/icons-material/Stop'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useRef, useState } from 'react'

type ComposerProps = {
  readonly busy: boolean
  /** Why nothing can be sent now. */
  readonly blocked: string | undefined
  readonly onSend: (text: string) => void
  readonly onStop: () => void
}

/** Where messages are written; it stays in sight. */
export function Composer({ busy, blocked, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const ready = !busy && blocked === undefined && text.trim() !== ''
  const send = () => {
    if (!ready) return
    onSend(text)
    setText('')
  }
  const stop = () => {
    onStop()
    // The button that had the focus can't keep it: with nothing written it is disabled.
    field.current?.focus()
  }
  return (
    <Box
      component="form"
      aria-label="Message"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      sx={{
        position: 'sticky',
        bottom: 0,
        mt: 3,
        py: 1.5,
        bgcolor: 'background.default',
        borderTop: 1,
        borderColor: 'divider',
        zIndex: 1,
      }}
    >
      <TextField
        label="Message"
        inputRef={field}
        multiline
        minRows={2}
        maxRows={8}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
          event.preventDefault()
          send()
        }}
        sx={{ bgcolor: 'background.paper' }}
      />
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', justifyContent: 'flex-end', mt: 1 }}>
        <Typography variant="body2" sx={{ color: 'text.secondary', flexGrow: 1 }}>
          {blocked ?? 'Ctrl+Enter sends'}
        </Typography>
        {busy ? (
          <Button variant="outlined" color="error" startIcon={<StopIcon />} onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button type="submit" variant="contained" startIcon={<SendIcon />} disabled={!ready}>
            Send
          </Button>
        )}
      </Box>
    </Box>
  )
}
