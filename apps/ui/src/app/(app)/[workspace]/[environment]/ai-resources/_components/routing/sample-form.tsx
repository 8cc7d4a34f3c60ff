'use client'

import AddIcon from '@mui/icons-material/Add'
import DeleteIcon from '@mui/icons-material/DeleteOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import FormControlLabel from '@mui/material/FormControlLabel'
import IconButton from '@mui/material/IconButton'
import MenuItem from '@mui/material/MenuItem'
import Switch from '@mui/material/Switch'
import TextField from '@mui/material/TextField'
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import { useQuery } from '@tanstack/react-query'
import { keysQuery } from '@/client/queries'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { PairsField } from './pairs-field'
import { bodyOf, type SampleMessage, type SampleRequest } from './sample-request'

type SampleFormProps = {
  readonly sample: SampleRequest
  readonly onChange: (sample: SampleRequest) => void
  /** What is wrong with the JSON. */
  readonly jsonError: string | undefined
}

/** A request to try rules with: field by field, or its body as JSON. */
export function SampleForm({ sample, onChange, jsonError }: SampleFormProps) {
  const asJson = sample.json !== undefined
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <ToggleButtonGroup
        exclusive
        size="small"
        color="primary"
        value={asJson ? 'json' : 'fields'}
        onChange={(_, chosen: string | null) => {
          if (chosen === 'fields') onChange({ ...sample, json: undefined })
          if (chosen === 'json') onChange({ ...sample, json: JSON.stringify(bodyOf(sample), null, 2) })
        }}
        aria-label="How the request is written"
      >
        <ToggleButton value="fields">Fields</ToggleButton>
        <ToggleButton value="json">JSON</ToggleButton>
      </ToggleButtonGroup>
      {asJson ? (
        <TextField
          multiline
          minRows={8}
          maxRows={20}
          label="Body of the chat completion"
          value={sample.json}
          onChange={(event) => onChange({ ...sample, json: event.target.value })}
          error={jsonError !== undefined}
          helperText={jsonError ?? 'What it calls its model does not matter. The fields keep what they had.'}
          slotProps={{ htmlInput: { spellCheck: false, sx: { fontFamily: 'monospace', fontSize: 13 } } }}
        />
      ) : (
        <BodyFields sample={sample} onChange={onChange} />
      )}
      <KeyField sample={sample} onChange={onChange} />
      <PairsField
        title="Headers"
        one="header"
        placeholder="x-team"
        pairs={sample.headers}
        onChange={(headers) => onChange({ ...sample, headers })}
      />
    </Box>
  )
}

type PartProps = Pick<SampleFormProps, 'sample' | 'onChange'>

function BodyFields({ sample, onChange }: PartProps) {
  const { messages } = sample
  const setMessages = (next: readonly SampleMessage[]) => onChange({ ...sample, messages: next })
  return (
    <>
      {messages.map((message, index) => (
        <Message
          // biome-ignore lint/suspicious/noArrayIndexKey: messages are told apart by their place only
          key={`message ${index + 1}`}
          message={message}
          number={index + 1}
          removable={messages.length > 1}
          onChange={(next) =>
            setMessages(messages.flatMap((each, at) => (at === index ? (next ? [next] : []) : [each])))
          }
        />
      ))}
      <Box>
        <Button startIcon={<AddIcon />} onClick={() => setMessages([...messages, { role: 'user', content: '' }])}>
          Add message
        </Button>
      </Box>
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: '1fr 1fr' } }}>
        <TextField
          label="Maximum output tokens"
          value={sample.maxTokens}
          onChange={(event) => onChange({ ...sample, maxTokens: event.target.value.replace(/\D/g, '') })}
          slotProps={{ htmlInput: { inputMode: 'numeric' } }}
        />
        <TextField
          label="User"
          value={sample.user}
          onChange={(event) => onChange({ ...sample, user: event.target.value })}
        />
      </Box>
      <FormControlLabel
        label="Stream the answer"
        control={<Switch checked={sample.stream} onChange={(_, stream) => onChange({ ...sample, stream })} />}
      />
      <PairsField
        title="Metadata"
        one="metadata"
        placeholder="team"
        pairs={sample.metadata}
        onChange={(metadata) => onChange({ ...sample, metadata })}
      />
    </>
  )
}

type MessageProps = {
  readonly message: SampleMessage
  readonly number: number
  readonly removable: boolean
  readonly onChange: (message: SampleMessage | undefined) => void
}

const ROLES: readonly SampleMessage['role'][] = ['system', 'user', 'assistant']

function Message({ message, number, removable, onChange }: MessageProps) {
  return (
    <Box sx={{ display: 'flex', gap: 1, alignItems: 'flex-start' }}>
      <TextField
        select
        label="Role"
        value={message.role}
        onChange={(event) => {
          const role = ROLES.find((each) => each === event.target.value)
          if (role) onChange({ ...message, role })
        }}
        sx={{ width: 116, flexShrink: 0 }}
      >
        {ROLES.map((role) => (
          <MenuItem key={role} value={role}>
            {role}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        multiline
        maxRows={6}
        label={`Message ${number}`}
        value={message.content}
        onChange={(event) => onChange({ ...message, content: event.target.value })}
      />
      {removable && (
        <IconButton aria-label={`Remove message ${number}`} onClick={() => onChange(undefined)} sx={{ mt: 0.25 }}>
          <DeleteIcon fontSize="small" />
        </IconButton>
      )}
    </Box>
  )
}

function KeyField({ sample, onChange }: PartProps) {
  const path = useEnvironmentPath()
  const may = useMay()
  const allowed = may('listApiKeys')
  const { data: keys } = useQuery({ ...keysQuery(path), enabled: allowed })
  const { apiKeyId } = sample
  if (!allowed) return null
  const unknown = apiKeyId !== '' && !keys?.some(({ id }) => id === apiKeyId)
  return (
    <TextField
      select
      label="As the API key"
      value={apiKeyId}
      onChange={(event) => onChange({ ...sample, apiKeyId: event.target.value })}
      helperText="Its labels, what it may use and its limits count."
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">No key, as who is signed in</MenuItem>
      {unknown && <MenuItem value={apiKeyId}>{`Key ${apiKeyId.slice(0, 8)}…`}</MenuItem>}
      {(keys ?? []).map(({ id, name, labels }) => (
        <MenuItem key={id} value={id}>
          {labels.length > 0 ? `${name} (${labels.join(', ')})` : name}
        </MenuItem>
      ))}
    </TextField>
  )
}
