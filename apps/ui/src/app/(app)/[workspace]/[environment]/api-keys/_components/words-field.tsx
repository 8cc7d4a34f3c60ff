'use client'

import Autocomplete from '@mui/material/Autocomplete'
import TextField from '@mui/material/TextField'
import { useState } from 'react'
import { type Control, useController, useFormState } from 'react-hook-form'
import { errorsByPath } from '@/components/form/errors-by-path'
import type { KeyValues } from './key-values'

type WordsFieldProps = {
  readonly control: Control<KeyValues>
  readonly name: 'labels' | 'allowedCidrs'
  readonly label: string
  readonly help: string
  readonly disabled: boolean
}

/** A field of several short texts; one that is wrong is named. */
export function WordsField({ control, name, label, help, disabled }: WordsFieldProps) {
  const { field } = useController({ control, name })
  const { errors } = useFormState({ control })
  const [text, setText] = useState('')
  const set = (words: readonly string[]) =>
    field.onChange([...new Set(words.flatMap((word) => word.split(/[,\s]+/)).filter(Boolean))])
  const [place, message] = Object.entries(errorsByPath(errors)).find(([path]) => path.split('.')[0] === name) ?? []
  const word = field.value[Number(place?.split('.')[1])]
  const wrong = message === undefined ? undefined : word === undefined ? message : `${word} ${message}`
  return (
    <Autocomplete
      multiple
      freeSolo
      disabled={disabled}
      options={[]}
      value={field.value}
      inputValue={text}
      onInputChange={(_, next) => setText(next)}
      onChange={(_, words) => set(words)}
      onBlur={() => {
        // What was typed and not confirmed would be lost unseen.
        if (text.trim()) set([...field.value, text])
        setText('')
        field.onBlur()
      }}
      renderInput={(params) => (
        <TextField {...params} label={label} error={wrong !== undefined} helperText={wrong ?? help} />
      )}
    />
  )
}
