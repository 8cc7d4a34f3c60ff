import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import Link from 'next/link'
import type { AiConnection, AiResource, ApiKey, Provider } from '@/client/queries'
import type { components } from '@/client/schema'
import { count, duration, share } from '@/components/figures'
import { LimitsSummary } from '@/components/limits-summary'
import type { Column } from '@/components/list-table'
import { exactMoment } from '@/components/moment'
import type { RecentUse } from '../queries'
import { connectionHealth, type Health } from './connection-health'
import { HealthLabel } from './health-label'

type Held = components['schemas']['HeldTarget']

export type ConnectionRow = {
  readonly connection: AiConnection
  readonly href: string
  readonly providerName: string
  readonly health: Health
  /** What is said where the word for the health is pointed at. */
  readonly why: string
  readonly use: RecentUse | undefined
  /** Undefined: it is not known, or this person may not know it. */
  readonly uses: number | undefined
}

type Known = {
  /** Where the pages of the environment begin. */
  readonly href: string
  readonly connections: readonly AiConnection[]
  readonly providers: readonly Provider[] | undefined
  readonly recent: ReadonlyMap<string, RecentUse> | undefined
  readonly held: readonly Held[] | undefined
  readonly resources: readonly AiResource[] | undefined
  readonly keys: readonly ApiKey[] | undefined
}

/** Connections with what other parts of the API know of them. */
export function connectionRows({
  href,
  connections,
  providers,
  recent,
  held,
  resources,
  keys,
}: Known): ConnectionRow[] {
  return connections.map((connection) => {
    const { id } = connection
    const use = recent?.get(id)
    const ownHeld = held?.filter(({ owner }) => owner.kind === 'ai-connection' && owner.id === id) ?? []
    return {
      connection,
      href: `${href}/ai-connections/${id}`,
      providerName: providers?.find((provider) => provider.id === connection.provider)?.name ?? connection.provider,
      health: connectionHealth({ enabled: connection.enabled, heldModels: ownHeld.length, use }),
      why: whyOf(connection, use, ownHeld),
      use,
      uses:
        resources &&
        resources.filter((resource) => namesConnection(resource, id)).length +
          (keys?.filter((key) => key.connections.includes(id)).length ?? 0),
    }
  })
}

/** Whether a connection is named anywhere in a resource: as a target, in its rules, or as a fallback. */
function namesConnection(part: unknown, id: string): boolean {
  if (typeof part !== 'object' || part === null) return false
  if (Reflect.get(part, 'connectionId') === id) return true
  return Object.values(part).some((inner) => namesConnection(inner, id))
}

function whyOf({ enabled }: AiConnection, use: RecentUse | undefined, held: readonly Held[]): string {
  if (!enabled) return 'It is switched off: no request goes through it.'
  const waits = held.map(({ owner, until }) => `${owner.model ?? 'All models'} until ${exactMoment(until)}`)
  if (waits.length > 0) return `The provider asked to wait: ${waits.join('; ')}`
  if (!use || use.requests === 0) return 'No request in the last hour: nothing is known of its health.'
  return `${share(use.errorShare)} of ${count(use.requests)} requests failed in the last hour.`
}

const NONE = (
  <Box component="span" sx={{ color: 'text.secondary' }}>
    –
  </Box>
)

export const CONNECTION_COLUMNS: readonly Column<ConnectionRow>[] = [
  {
    id: 'name',
    label: 'Name',
    sort: ({ connection }) => connection.name.toLowerCase(),
    cell: ({ connection, href, providerName }) => (
      <Box sx={{ minWidth: { xs: 120, sm: 160 } }}>
        <MuiLink component={Link} href={href} sx={{ fontWeight: 600 }}>
          {connection.name}
        </MuiLink>
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {providerName}
        </Typography>
      </Box>
    ),
  },
  {
    id: 'health',
    label: 'Health',
    sort: ({ health }) => health.rank,
    cell: ({ health, why }) => (
      <Tooltip title={why}>
        <span>
          <HealthLabel health={health} />
        </span>
      </Tooltip>
    ),
  },
  {
    id: 'requests',
    label: 'Requests',
    align: 'right',
    hideBelow: 'sm',
    sort: ({ use }) => use?.requests ?? 0,
    cell: ({ use }) => (use ? count(use.requests) : NONE),
  },
  {
    id: 'errors',
    label: 'Errors',
    align: 'right',
    hideBelow: 'md',
    sort: ({ use }) => use?.errorShare ?? 0,
    cell: ({ use }) => (use ? share(use.errorShare) : NONE),
  },
  {
    id: 'p95',
    label: 'Latency p95',
    align: 'right',
    hideBelow: 'md',
    sort: ({ use }) => use?.p95Ms ?? 0,
    cell: ({ use }) => (use && use.p95Ms !== null ? duration(use.p95Ms) : NONE),
  },
  {
    id: 'limits',
    label: 'Limits',
    hideBelow: 'lg',
    cell: ({ connection }) => <LimitsSummary capacity={connection.capacity} maxConcurrent={connection.maxConcurrent} />,
  },
  {
    id: 'uses',
    label: 'Used by',
    align: 'right',
    hideBelow: 'sm',
    sort: ({ uses }) => uses ?? 0,
    cell: ({ uses, href }) =>
      uses === undefined || uses === 0 ? (
        (uses ?? NONE)
      ) : (
        <MuiLink component={Link} href={`${href}?tab=use`} aria-label={`${uses}: what uses it`}>
          {uses}
        </MuiLink>
      ),
  },
]
