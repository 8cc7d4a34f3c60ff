'use client'

import Box from '@mui/material/Box'
import FormControlLabel from '@mui/material/FormControlLabel'
import Switch from '@mui/material/Switch'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import { useController } from 'react-hook-form'
import { capacityQuery } from '@/client/queries'
import type { components } from '@/client/schema'
import { count } from '@/components/figures'
import { FormLimits } from '@/components/form/form-limits'
import { LimitUse } from '@/components/limit-use'
import { Moment } from '@/components/moment'
import { Section } from '@/components/section'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import type { TabProps } from './tab-props'

/** How much goes through a connection at most: as it is set, as the provider tells, and as it stands. */
export function LimitsTab({ connection, control, disabled }: TabProps) {
  const path = useEnvironmentPath()
  const may = useMay()
  const { field } = useController({ control, name: 'discoveredCapacity' })
  const capacity = useQuery({ ...capacityQuery(path), enabled: may('getCapacity'), refetchInterval: 10_000 })
  const own = ({ owner }: { owner: Owner }) => owner.kind === 'ai-connection' && owner.id === connection.id
  const discovered = capacity.data?.discovered.filter(own) ?? []
  const held = capacity.data?.held.filter(own) ?? []
  return (
    <>
      <Section title="Limits" description="For all models of this connection together, whoever asks.">
        <FormLimits control={control} disabled={disabled} />
      </Section>
      <Section title="Use now" description="Of the limits that are saved and switched on.">
        <LimitUse kind="ai-connection" id={connection.id} empty="No limit of this connection counts now." />
        {held.length > 0 && (
          <Box component="ul" sx={{ mt: 2, mb: 0, pl: 2.5 }}>
            {held.map(({ owner, until }) => (
              <li key={owner.model ?? ''}>
                <code>{owner.model ?? 'all models'}</code> is not asked before <Moment at={until} />: the provider asked
                to wait.
              </li>
            ))}
          </Box>
        )}
      </Section>
      <Section
        title="Limits told by the provider"
        description="Read from its answers, per model. What was not said again for ten minutes is forgotten."
      >
        <FormControlLabel
          label="Keep them as if they were set here"
          control={
            <Switch
              checked={field.value === 'enforce'}
              disabled={disabled}
              onChange={(_, on) => field.onChange(on ? 'enforce' : 'ignore')}
            />
          }
        />
        {discovered.length === 0 ? (
          <Typography variant="body2" sx={{ color: 'text.secondary', mt: 1 }}>
            The provider has told none lately.
          </Typography>
        ) : (
          <DiscoveredTable rows={discovered} />
        )}
      </Section>
    </>
  )
}

type Discovered = components['schemas']['CapacityView']['discovered'][number]
type Owner = Discovered['owner']

function DiscoveredTable({ rows }: { rows: readonly Discovered[] }) {
  return (
    <TableContainer
      sx={{ mt: 1.5 }}
      // It scrolls on narrow screens: also by keyboard.
      role="region"
      tabIndex={0}
      aria-label="Limits told by the provider, in a table"
    >
      <Table aria-label="Limits told by the provider">
        <TableHead>
          <TableRow>
            <TableCell>Model</TableCell>
            <TableCell align="right">Requests a minute</TableCell>
            <TableCell align="right">Tokens a minute</TableCell>
            <TableCell>Told</TableCell>
            <TableCell>Kept</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map(({ owner, requests, tokens, at, enforced }) => (
            <TableRow key={owner.model ?? ''}>
              <TableCell>
                <code>{owner.model ?? 'all'}</code>
              </TableCell>
              <TableCell align="right">{requests === undefined ? '–' : count(requests)}</TableCell>
              <TableCell align="right">{tokens === undefined ? '–' : count(tokens)}</TableCell>
              <TableCell>
                <Moment at={at} />
              </TableCell>
              <TableCell>{enforced ? 'yes' : 'only shown'}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  )
}
