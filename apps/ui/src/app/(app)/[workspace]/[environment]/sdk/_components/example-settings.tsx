'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import FormControlLabel from '@mui/material/FormControlLabel'
import MenuItem from '@mui/material/MenuItem'
import Skeleton from '@mui/material/Skeleton'
import Switch from '@mui/material/Switch'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import type { AiResource } from '@/client/queries'
import { CopyButton } from '@/components/copy-button'
import { ProblemAlert } from '@/components/problem-alert'
import { Section } from '@/components/section'
import { permissionOf, useMay } from '@/session/use-permission'
import { PLACEHOLDER_RESOURCE } from './snippets.ts'
import type { useNewKey } from './use-new-key'

type ExampleSettingsProps = {
  readonly address: string
  readonly resources: readonly AiResource[]
  readonly loading: boolean
  readonly error: unknown
  /** The name of the one that is chosen. */
  readonly resource: string
  readonly onResource: (id: string) => void
  readonly stream: boolean
  readonly onStream: (stream: boolean) => void
  readonly newKey: ReturnType<typeof useNewKey>
}

/** What the examples are filled with. */
export function ExampleSettings(props: ExampleSettingsProps) {
  const { address, resources, loading, error, resource, onResource, stream, onStream, newKey } = props
  return (
    <Section title="What they need">
      <Box sx={{ display: 'grid', gap: 2.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <Box>
          <Typography variant="overline" sx={{ color: 'text.secondary', display: 'block' }}>
            Base URL
          </Typography>
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5 }}>
            <Box component="code" sx={{ overflowWrap: 'anywhere', minWidth: 0 }}>
              {address}
            </Box>
            <CopyButton text={address} label="Copy the base URL" />
          </Box>
        </Box>
        <Box>
          <ProblemAlert error={error} />
          {loading ? (
            <Skeleton variant="rounded" height={63} />
          ) : resources.length === 0 ? (
            <Typography variant="body2">
              The examples name <code>{PLACEHOLDER_RESOURCE}</code>: put the name of an AI resource there. You see none
              that is on.
            </Typography>
          ) : (
            <TextField
              select
              label="AI resource"
              value={resources.find(({ name }) => name === resource)?.id ?? ''}
              onChange={(event) => onResource(event.target.value)}
              helperText="What programs pass as the model"
            >
              {resources.map(({ id, name }) => (
                <MenuItem key={id} value={id}>
                  {name}
                </MenuItem>
              ))}
            </TextField>
          )}
        </Box>
        <FormControlLabel
          label="Stream the answer"
          control={<Switch checked={stream} onChange={(_, on) => onStream(on)} />}
        />
        <KeySetting newKey={newKey} />
      </Box>
    </Section>
  )
}

function KeySetting({ newKey }: { newKey: ExampleSettingsProps['newKey'] }) {
  const may = useMay()
  const { value, name, setName, submit, busy, fieldError, alert } = newKey
  if (value !== undefined)
    return (
      <Typography variant="body2" role="status">
        The examples hold the new key <b>{name}</b> as long as this page is open. It can not be shown again after that.
      </Typography>
    )
  return (
    <Box component="form" aria-label="Create an API key" onSubmit={submit} sx={{ display: 'grid', gap: 1.5 }}>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        API keys can not be read back: put one of yours in the place of <code>sk-vmx-…</code>
        {may('createApiKey') ? (
          ', or create one here.'
        ) : (
          <>
            . To create one needs <code>{permissionOf('createApiKey')}</code>.
          </>
        )}
      </Typography>
      {may('createApiKey') && (
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'flex-start' }}>
          <TextField
            label="Name of the key"
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={fieldError !== undefined}
            helperText={fieldError ?? 'For every resource of this environment'}
          />
          <Button type="submit" variant="outlined" loading={busy} sx={{ minHeight: 40, flexShrink: 0 }}>
            Create
          </Button>
        </Box>
      )}
      {alert}
    </Box>
  )
}
