'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import TextField from '@mui/material/TextField'
import type { PolicyDocument } from '@vm-x/contract'
import { useState } from 'react'
import { type PolicyFault, placeText } from './policy-faults'
import { readPolicy } from './read-policy'

type PolicyJsonProps = {
  readonly value: PolicyDocument
  readonly onChange: (document: PolicyDocument) => void
  readonly onUnreadable: (unreadable: boolean) => void
  readonly faults: readonly PolicyFault[]
}

type Problem = { readonly place: string; readonly message: string }

/** The policy as text. What can not be read stays as it was typed, and says why. */
export function PolicyJson({ value, onChange, onUnreadable, faults }: PolicyJsonProps) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2))
  const [problems, setProblems] = useState<readonly Problem[]>([])
  const type = (next: string) => {
    setText(next)
    const read = readText(next)
    if ('document' in read) onChange(read.document)
    setProblems('document' in read ? [] : read.problems)
    onUnreadable(!('document' in read))
  }
  const shown =
    problems.length > 0 ? problems : faults.map(({ path, message }) => ({ place: placeText(path), message }))
  return (
    <>
      <TextField
        multiline
        minRows={12}
        maxRows={32}
        label="Policy as JSON"
        value={text}
        error={shown.length > 0}
        onChange={({ target }) => type(target.value)}
        slotProps={{ htmlInput: { spellCheck: false, style: CODE } }}
      />
      <div aria-live="polite">
        {shown.length > 0 && (
          <Alert severity="error" variant="outlined">
            <Box component="ul" sx={{ m: 0, pl: 2, overflowWrap: 'anywhere' }}>
              {shown.map(({ place, message }) => (
                <li key={`${place} ${message}`}>
                  {place && <code>{place}</code>} {message}
                </li>
              ))}
            </Box>
          </Alert>
        )}
      </div>
    </>
  )
}

const CODE = {
  fontFamily: 'ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
  fontSize: 13,
  lineHeight: 1.5,
}

function readText(text: string): { document: PolicyDocument } | { problems: readonly Problem[] } {
  try {
    const read = readPolicy(JSON.parse(text))
    if ('document' in read) return read
    return { problems: read.problems.map(({ path, message }) => ({ place: placeText(path), message })) }
  } catch (error) {
    return { problems: [{ place: '', message: error instanceof Error ? error.message : 'is no JSON' }] }
  }
}
