'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'
import type { ApiKey } from '@/client/queries'
import { CopyButton } from '@/components/copy-button'
import { LimitUse } from '@/components/limit-use'
import { exactMoment, Moment } from '@/components/moment'
import { Section } from '@/components/section'
import { keyState, previousWorksUntil } from './key-state'

/** What is known of a key and can not be set. */
export function KeyFacts({ apiKey }: { apiKey: ApiKey }) {
  const nowMs = Date.now()
  const previous = previousWorksUntil(apiKey, nowMs)
  return (
    <>
      {keyState(apiKey, nowMs) === 'expired' && (
        <Alert severity="error" variant="outlined" sx={{ mb: 2 }}>
          Every request with it is refused. Set a later time below to let it work again, or rotate it as well.
        </Alert>
      )}
      {previous && (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          It was rotated: the secret of before works until {exactMoment(previous)}, beside the new one.
        </Alert>
      )}
      <Section title="Now">
        <Box component="dl" sx={{ m: 0, mb: 2.5, display: 'flex', columnGap: 5, rowGap: 1.5, flexWrap: 'wrap' }}>
          <Fact name="Public id">
            <code>{apiKey.publicId}</code>
            <CopyButton text={apiKey.publicId} label="Copy the public id" />
          </Fact>
          <Fact name="Last used">
            <Moment at={apiKey.lastUsedAt} />
          </Fact>
          <Fact name="Expires">
            <Moment at={apiKey.expiresAt} />
          </Fact>
          <Fact name="Created">
            <Moment at={apiKey.createdAt} />
          </Fact>
        </Box>
        <LimitUse kind="api-key" id={apiKey.id} empty="No limit of this key counts now." />
      </Section>
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Typography component="dt" variant="body2" sx={{ color: 'text.secondary' }}>
        {name}
      </Typography>
      <Box component="dd" sx={{ m: 0, minHeight: 30, display: 'flex', alignItems: 'center', gap: 0.5 }}>
        {children}
      </Box>
    </div>
  )
}
