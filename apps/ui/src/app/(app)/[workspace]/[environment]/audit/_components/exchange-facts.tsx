'use client'

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Typography from '@mui/material/Typography'
import type { AuditExchange } from '@vm-x/contract'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { CopyButton } from '@/components/copy-button'
import { NamedLink, nameIn } from '@/components/named-link'
import { useNames } from '@/components/use-names'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { OPERATIONS } from './operations'

/** Who asked for what, from where, and who answered. */
export function ExchangeFacts({ exchange }: { exchange: AuditExchange }) {
  const { href } = useEnvironmentPath()
  const names = useNames()
  const { connectionId, resourceId, apiKeyId, userId, correlationId, clientRequestId, user, metadata } = exchange
  return (
    <Box component="dl" sx={{ m: 0 }}>
      <Fact name="Id" copied={exchange.id} note="The client saw it as x-request-id" />
      <Fact name="Asked for">
        {OPERATIONS[exchange.operation]}
        {exchange.stream && ', streamed'}
        {exchange.requestedModel !== undefined && (
          <>
            , from <code>{exchange.requestedModel}</code>
          </>
        )}
      </Fact>
      {resourceId !== undefined && (
        <Fact name="AI resource">
          <NamedLink names={names} kind="resource" id={resourceId} />
        </Fact>
      )}
      <Fact name="Answered by">
        {connectionId === undefined ? (
          'nobody'
        ) : (
          <>
            <NamedLink names={names} kind="connection" id={connectionId} />
            {exchange.model !== undefined && ` / ${exchange.model}`}
            {exchange.provider !== undefined && ` (${exchange.provider})`}
          </>
        )}
      </Fact>
      {apiKeyId !== undefined && (
        <Fact name="API key">
          <NamedLink names={names} kind="key" id={apiKeyId} />
        </Fact>
      )}
      {userId !== undefined && <Fact name="Signed-in user">{nameIn(names, 'member', userId)}</Fact>}
      {user !== undefined && (
        <Fact name="The request's user" filter={{ href, name: 'user', value: user }}>
          <code>{user}</code>
        </Fact>
      )}
      {clientRequestId !== undefined && (
        <Fact
          name="The client's own id"
          copied={clientRequestId}
          filter={{ href, name: 'clientRequestId', value: clientRequestId }}
        />
      )}
      {correlationId !== undefined && (
        <Fact
          name="Correlation id"
          copied={correlationId}
          filter={{ href, name: 'correlationId', value: correlationId }}
        />
      )}
      <Fact name="Source address" copied={exchange.sourceAddress} />
      {metadata && Object.keys(metadata).length > 0 && (
        <Fact name="Metadata">
          {Object.entries(metadata).map(([key, value]) => (
            <Box key={key}>
              <code>{key}</code>: {value}
            </Box>
          ))}
        </Fact>
      )}
    </Box>
  )
}

type FactProps = {
  readonly name: string
  readonly children?: ReactNode
  /** Shown as it is, with a button that copies it. */
  readonly copied?: string
  readonly note?: string
  /** Where all exchanges with the same value are. */
  readonly filter?: { readonly href: string; readonly name: string; readonly value: string }
}

function Fact({ name, children, copied, note, filter }: FactProps) {
  return (
    <Box
      sx={{
        display: 'grid',
        gridTemplateColumns: 'minmax(96px, 30%) minmax(0, 1fr)',
        columnGap: 1.5,
        alignItems: 'baseline',
        py: 0.75,
        '& + &': { borderTop: 1, borderColor: 'divider' },
      }}
    >
      <Typography component="dt" variant="body2" sx={{ color: 'text.secondary' }}>
        {name}
      </Typography>
      <Box component="dd" sx={{ m: 0, overflowWrap: 'anywhere', minWidth: 0, fontSize: 14 }}>
        {children}
        {copied !== undefined && (
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5, my: -0.5 }}>
            <code>{copied}</code>
            <CopyButton text={copied} label={`Copy ${name === 'Id' ? 'the id' : name.toLowerCase()}`} />
          </Box>
        )}
        {note && (
          <Typography variant="caption" sx={{ color: 'text.secondary', display: 'block' }}>
            {note}
          </Typography>
        )}
        {filter && (
          <MuiLink
            component={Link}
            href={`${filter.href}/audit?${new URLSearchParams({ [filter.name]: filter.value })}`}
            variant="caption"
            sx={{ display: 'block' }}
          >
            All exchanges with it
          </MuiLink>
        )}
      </Box>
    </Box>
  )
}
