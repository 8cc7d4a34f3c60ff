'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { CodeBlock } from '@/components/code-block'
import { permissionOf, useMay } from '@/session/use-permission'
import { snippet } from '../../sdk/_components/snippets.ts'
import { useBaseUrl } from '../../sdk/_components/use-base-url'
import { useNewKey } from '../../sdk/_components/use-new-key'
import { freeName } from './free-name.ts'
import { NotPermitted } from './not-permitted'

type KeyStepProps = {
  /** What the request of the example asks for. */
  readonly resource: string
  /** Names that other keys have. */
  readonly taken: readonly string[]
  readonly onCreate: () => void
}

/** Makes an API key, and shows a request with it that can be pasted into a terminal. */
export function KeyStep({ resource, taken, onCreate }: KeyStepProps) {
  const may = useMay()
  const address = useBaseUrl()
  const key = useNewKey({ name: freeName('first-key', taken), onCreate })
  if (!may('createApiKey')) return <NotPermitted what="create API keys" permissions={[permissionOf('createApiKey')]} />
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)', maxWidth: 760 }}>
      {key.value === undefined ? (
        <Box
          component="form"
          aria-label="Create an API key"
          onSubmit={key.submit}
          sx={{ display: 'flex', gap: 1.5, alignItems: 'flex-start', flexWrap: 'wrap' }}
        >
          <TextField
            label="Name"
            value={key.name}
            onChange={(event) => key.setName(event.target.value)}
            error={key.fieldError !== undefined}
            helperText={key.fieldError ?? 'It may use every AI resource of this environment'}
            sx={{ maxWidth: 340 }}
          />
          <Button type="submit" variant="contained" loading={key.busy} sx={{ minHeight: 40 }}>
            Create an API key
          </Button>
        </Box>
      ) : (
        <>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            Paste this into a terminal. It holds the key, as long as this page is open.
          </Typography>
          <CodeBlock
            label="curl command"
            code={snippet('curl', { address, resource, apiKey: key.value, stream: false }).code}
          />
        </>
      )}
      {key.alert}
      {key.dialog}
    </Box>
  )
}
