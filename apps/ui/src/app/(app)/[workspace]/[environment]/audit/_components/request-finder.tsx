'use client'

import SearchIcon from '@mui/icons-material/Search'
import Box from '@mui/material/Box'
import IconButton from '@mui/material/IconButton'
import InputAdornment from '@mui/material/InputAdornment'
import TextField from '@mui/material/TextField'
import Tooltip from '@mui/material/Tooltip'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { isProblem } from '@/client/problem'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { notify } from '@/stores/interface-store'
import { exchangeQuery } from '../queries'

/** Goes to the exchange of an `x-request-id`: the one that the client saw, else the one that it sent itself. */
export function RequestFinder({ onClientId }: { onClientId: (id: string) => void }) {
  const path = useEnvironmentPath()
  const client = useQueryClient()
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const find = async (id: string) => {
    if (!UUID.test(id)) return onClientId(id)
    setBusy(true)
    try {
      await client.fetchQuery(exchangeQuery(path, id.toLowerCase()))
      router.push(`${path.href}/audit/${id.toLowerCase()}`)
    } catch (error) {
      if (isProblem(error, 'not_found')) onClientId(id)
      else notify(isProblem(error) ? error.detail : 'It could not be looked for', 'error')
    }
    setBusy(false)
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const id = new FormData(event.currentTarget).get('id')?.toString().trim()
    if (id) void find(id)
  }
  return (
    <Box component="form" role="search" onSubmit={submit} sx={{ width: { xs: '100%', sm: 330 } }}>
      <TextField
        name="id"
        placeholder="Go to an x-request-id"
        disabled={busy}
        slotProps={{
          htmlInput: { 'aria-label': 'Go to an x-request-id', maxLength: 256, spellCheck: false, autoComplete: 'off' },
          input: {
            endAdornment: (
              <InputAdornment position="end">
                <Tooltip title="Find">
                  <IconButton type="submit" aria-label="Find the exchange" edge="end" loading={busy}>
                    <SearchIcon fontSize="small" />
                  </IconButton>
                </Tooltip>
              </InputAdornment>
            ),
          },
        }}
      />
    </Box>
  )
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
