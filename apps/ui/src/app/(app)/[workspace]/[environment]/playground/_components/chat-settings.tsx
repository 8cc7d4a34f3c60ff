'use client'

import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import Card from '@mui/material/Card'
import FormControlLabel from '@mui/material/FormControlLabel'
import Switch from '@mui/material/Switch'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import type { Parameters } from './conversation.ts'

export type Choice = {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  /** Of its primary model, where it may be known. */
  readonly provider: string | undefined
}

export const MOST_COMPARED = 3

type ChatSettingsProps = {
  readonly choices: readonly Choice[]
  readonly chosen: readonly Choice[]
  readonly onChoose: (ids: string[]) => void
  readonly parameters: Parameters
  readonly onChange: (parameters: Parameters) => void
}

/** Who is asked, and how. */
export function ChatSettings({ choices, chosen, onChoose, parameters, onChange }: ChatSettingsProps) {
  const { system, stream } = parameters
  const full = chosen.length >= MOST_COMPARED
  return (
    <Card
      component="section"
      aria-label="Settings of the conversation"
      sx={{ p: { xs: 2, sm: 2.5 }, display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}
    >
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          alignItems: 'start',
          gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', md: 'minmax(0, 1fr) 130px 130px auto' },
        }}
      >
        <Autocomplete
          multiple
          disableCloseOnSelect
          limitTags={MOST_COMPARED}
          options={choices}
          value={[...chosen]}
          onChange={(_, next) => onChoose(next.map(({ id }) => id))}
          getOptionKey={({ id }) => id}
          getOptionLabel={({ name }) => name}
          isOptionEqualToValue={(option, value) => option.id === value.id}
          getOptionDisabled={({ id }) => full && !chosen.some((choice) => choice.id === id)}
          noOptionsText="No resource has this in its name"
          sx={{ gridColumn: { xs: '1 / -1', md: 'auto' } }}
          renderOption={({ key, ...props }, { name, enabled }) => (
            <Box component="li" key={key} {...props} sx={{ gap: 1, overflowWrap: 'anywhere' }}>
              {name}
              {!enabled && (
                <Typography component="span" variant="body2" sx={{ color: 'text.secondary' }}>
                  disabled
                </Typography>
              )}
            </Box>
          )}
          renderInput={(params) => (
            <TextField
              {...params}
              label="AI resources"
              helperText={full ? 'Three is the most: remove one to choose another' : 'One to three, side by side'}
            />
          )}
        />
        <NumberField
          label="Max tokens"
          integer
          lowest={1}
          highest={1_000_000}
          onChange={(maxTokens) => onChange({ ...parameters, maxTokens })}
        />
        <NumberField
          label="Temperature"
          lowest={0}
          highest={2}
          onChange={(temperature) => onChange({ ...parameters, temperature })}
        />
        <FormControlLabel
          label="Stream"
          sx={{ mr: 0 }}
          control={<Switch checked={stream} onChange={(_, checked) => onChange({ ...parameters, stream: checked })} />}
        />
      </Box>
      <TextField
        label="System prompt"
        multiline
        minRows={1}
        maxRows={8}
        value={system}
        onChange={(event) => onChange({ ...parameters, system: event.target.value })}
        placeholder="What the model shall be and do; empty: none"
      />
    </Card>
  )
}

type NumberFieldProps = {
  readonly label: string
  readonly lowest: number
  readonly highest: number
  readonly integer?: boolean
  readonly onChange: (value: number | null) => void
}

/** A number or nothing. What is out of its range is told, and sent all the same: the provider has the last word. */
function NumberField({ label, lowest, highest, integer = false, onChange }: NumberFieldProps) {
  const [text, setText] = useState('')
  const value = text === '' ? null : Number(text)
  const wrong = value !== null && (!(value >= lowest && value <= highest) || (integer && !Number.isInteger(value)))
  return (
    <TextField
      label={label}
      type="number"
      value={text}
      error={wrong}
      helperText={wrong ? `${lowest} to ${highest.toLocaleString('en')}` : 'Empty: default'}
      slotProps={{ htmlInput: { min: lowest, max: highest, step: integer ? 1 : 0.1 } }}
      onChange={(event) => {
        setText(event.target.value)
        onChange(event.target.value === '' ? null : Number(event.target.value))
      }}
    />
  )
}
