'use client'

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Link from 'next/link'
import { Fragment, type ReactNode } from 'react'
import { Section } from '@/components/section'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'

/** What is not as at OpenAI. */
export function Differences() {
  const { href } = useEnvironmentPath()
  const may = useMay()
  const rows: readonly { name: ReactNode; text: ReactNode }[] = [
    {
      name: <code>model</code>,
      text: (
        <>
          The name of an AI resource, not of a model: its rules choose the provider and the model.{' '}
          <code>GET /v1/models</code> lists the names that the key may use.
        </>
      ),
    },
    {
      name: <code>x-request-id</code>,
      text: (
        <>
          Of every answer, refusals too: finds its record{' '}
          {may('listAudit') ? (
            <>
              in the{' '}
              <MuiLink component={Link} href={`${href}/audit`} underline="always">
                audit
              </MuiLink>
            </>
          ) : (
            'in the audit'
          )}
          .
        </>
      ),
    },
    {
      name: (
        <>
          <code>x-vmx-provider</code>, <code>x-vmx-model</code>
        </>
      ),
      text: 'Who answered.',
    },
    {
      name: (
        <>
          <code>x-vmx-attempts</code>, <code>x-vmx-fallback</code>, <code>x-vmx-route</code>
        </>
      ),
      text: 'How often a provider was asked, how many targets were passed over, and which rule decided, counted from 0.',
    },
    {
      name: (
        <>
          <code>x-vmx-correlation-id</code>, <code>x-vmx-metadata</code>
        </>
      ),
      text: 'Send them to find requests again: an id of yours, and a JSON object of texts. Both are in the record.',
    },
    {
      name: 'Errors',
      text: (
        <>
          As OpenAI writes them: <code>error.code</code> is one of a closed list, <code>x-vmx-error-source</code> tells
          the gateway’s refusals from the provider’s, <code>retry-after</code> says when to come back. The SDKs heed it
          by themselves. <code>docs/reference/errors.md</code> explains each code.
        </>
      ),
    },
    {
      name: 'Streams',
      text: (
        <>
          <code>[DONE]</code> comes only after a complete answer. One that breaks off ends with an error event.
        </>
      ),
    },
  ]
  return (
    <Section title="What is different from OpenAI">
      <Box
        component="dl"
        sx={{
          m: 0,
          display: 'grid',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: '300px minmax(0, 1fr)' },
          '& dt, & dd': { m: 0, overflowWrap: 'anywhere', typography: 'body2' },
          '& dt': { pt: 1.25, pb: { md: 1.25 }, pr: { md: 3 }, borderTop: 1, borderColor: 'divider' },
          '& dd': {
            pt: { xs: 0.25, md: 1.25 },
            pb: 1.25,
            borderTop: { xs: 0, md: 1 },
            borderColor: { md: 'divider' },
          },
        }}
      >
        {rows.map(({ name, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is fixed
          <Fragment key={index}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </Fragment>
        ))}
      </Box>
    </Section>
  )
}
