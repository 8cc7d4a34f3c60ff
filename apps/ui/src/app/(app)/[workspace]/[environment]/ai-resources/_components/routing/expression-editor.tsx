'use client'

import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import FormHelperText from '@mui/material/FormHelperText'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useId, useRef, useState } from 'react'
import { count } from '@/components/figures'
import { CostBar } from './cost-bar'
import { faultPlace } from './expression-fault'
import { MOST_EXPRESSION_BYTES, nameInExpression } from './expression-names'
import { FIELDS, type FieldDefinition } from './field-catalogue'
import { FieldOption, found } from './field-picker'
import { useRule } from './rule-context'

type ExpressionEditorProps = { readonly expression: string; readonly onChange: (expression: string) => void }

/** A condition in CEL, with what is wrong with it and what it costs. */
export function ExpressionEditor({ expression, onChange }: ExpressionEditorProps) {
  const { errorOf, disabled, cost } = useRule()
  const error = errorOf(['when'], 'expression')
  const input = useRef<HTMLTextAreaElement>(null)
  const errorId = useId()
  const bytes = new TextEncoder().encode(expression).length
  /** Undefined until the text was in use: then what is inserted goes to its end. */
  const [caret, setCaret] = useState<{ start: number; end: number }>()
  const insert = (definition: FieldDefinition) => {
    const name = nameInExpression(definition)
    const { start, end } = caret ?? { start: expression.length, end: expression.length }
    onChange(expression.slice(0, start) + name + expression.slice(end))
    // After the text is there: the caret belongs behind what was inserted.
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(start + name.length, start + name.length)
    })
  }
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Box>
        <TextField
          multiline
          minRows={3}
          maxRows={14}
          label="Expression"
          value={expression}
          onChange={(event) => onChange(event.target.value)}
          disabled={disabled}
          error={error !== undefined || bytes > MOST_EXPRESSION_BYTES}
          inputRef={input}
          onSelect={() => {
            const { selectionStart: start, selectionEnd: end } = input.current ?? {}
            if (start !== undefined && end !== undefined) setCaret({ start, end })
          }}
          slotProps={{
            htmlInput: {
              spellCheck: false,
              autoCapitalize: 'off',
              'aria-describedby': errorId,
              sx: { fontFamily: 'monospace', fontSize: 13 },
            },
          }}
        />
        <Box id={errorId} aria-live="polite">
          {error && <Fault expression={expression} message={error} />}
        </Box>
      </Box>
      <Box
        sx={{
          display: 'grid',
          gap: 1.5,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: '1fr 1fr' },
          alignItems: 'center',
        }}
      >
        <InsertField onInsert={insert} disabled={disabled} />
        <Box>
          {cost !== undefined && !error && <CostBar cost={cost} />}
          <Typography
            variant="caption"
            className="figures"
            sx={{ color: bytes > MOST_EXPRESSION_BYTES ? 'error.main' : 'text.secondary' }}
          >
            {count(bytes)} of {count(MOST_EXPRESSION_BYTES)} bytes
          </Typography>
        </Box>
      </Box>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        CEL that answers true or false, e.g. <code>tokens.input &gt; 2000 || "batch" in apiKey.labels</code>. Ask{' '}
        <code>has(request.user)</code> where a value may be absent: without it, the rule does not match.
      </Typography>
    </Box>
  )
}

/** What is wrong, with the line that it is in and a mark below the place. */
function Fault({ expression, message }: { expression: string; message: string }) {
  const place = faultPlace(expression, message)
  return (
    <>
      <FormHelperText error sx={{ mx: 1.75 }}>
        {message}
        {place && !/ at line \d+, column \d+$/.test(message) && ` (line ${place.line}, column ${place.column})`}
      </FormHelperText>
      {place && (
        <Box component="pre" aria-hidden sx={{ m: 0, mx: 1.75, mt: 0.5, overflowX: 'auto', fontSize: 12.5 }}>
          {place.text}
          {'\n'}
          <Box component="span" sx={{ color: 'error.main' }}>
            {' '.repeat(place.column - 1)}
            {'^'.repeat(place.length)}
          </Box>
        </Box>
      )}
    </>
  )
}

function InsertField({ onInsert, disabled }: { onInsert: (definition: FieldDefinition) => void; disabled: boolean }) {
  return (
    <Autocomplete<FieldDefinition>
      options={FIELDS}
      value={null}
      onChange={(_, definition) => definition && onInsert(definition)}
      blurOnSelect
      clearOnBlur
      disabled={disabled}
      groupBy={({ group }) => group}
      getOptionKey={({ id }) => id}
      getOptionLabel={({ id }) => id}
      filterOptions={(options, { inputValue }) => found(options, inputValue)}
      slotProps={{ popper: { style: { minWidth: 320 }, placement: 'bottom-start' } }}
      renderOption={({ key, ...props }, definition) => (
        <Box component="li" key={key} {...props}>
          <FieldOption definition={definition} />
        </Box>
      )}
      renderInput={(params) => <TextField {...params} label="Insert a field" />}
    />
  )
}
