import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Link from 'next/link'
import type { ApiKey } from '@/client/queries'
import { LimitsSummary } from '@/components/limits-summary'
import type { Column } from '@/components/list-table'
import { Moment } from '@/components/moment'
import { KeyStateChips } from './key-state-chips'

export const keyColumns = (href: string): readonly Column<ApiKey>[] => [
  {
    id: 'name',
    label: 'Name',
    sort: ({ name }) => name.toLowerCase(),
    cell: ({ id, name, publicId }) => (
      <Box sx={{ minWidth: { xs: 110, sm: 150 } }}>
        <MuiLink component={Link} href={`${href}/api-keys/${id}`} sx={{ fontWeight: 600 }}>
          {name}
        </MuiLink>
        <Box component="code" sx={{ display: 'block', color: 'text.secondary', fontSize: 12 }}>
          {publicId}
        </Box>
      </Box>
    ),
  },
  { id: 'state', label: 'State', cell: (key) => <KeyStateChips apiKey={key} /> },
  { id: 'scope', label: 'May call', hideBelow: 'md', cell: scopeText },
  {
    id: 'limits',
    label: 'Limits',
    hideBelow: 'lg',
    cell: ({ capacity, maxConcurrent }) => (
      <Box sx={{ maxWidth: 300 }}>
        <LimitsSummary capacity={capacity} maxConcurrent={maxConcurrent} />
      </Box>
    ),
  },
  {
    id: 'expires',
    label: 'Expires',
    hideBelow: 'md',
    sort: ({ expiresAt }) => (expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt)),
    cell: ({ expiresAt }) => <Moment at={expiresAt} />,
  },
  {
    id: 'used',
    label: 'Last used',
    hideBelow: 'sm',
    sort: ({ lastUsedAt }) => (lastUsedAt === null ? 0 : Date.parse(lastUsedAt)),
    cell: ({ lastUsedAt }) => <Moment at={lastUsedAt} />,
  },
]

/** What a key may call, in a few words. */
export function scopeText({ resources, connections }: Pick<ApiKey, 'resources' | 'connections'>): string {
  const direct = connections.length === 0 ? [] : [`${connections.length} ${plural(connections.length, 'connection')}`]
  if (resources === 'all') return ['all AI resources', ...direct].join(', ')
  if (resources.length === 0) return direct[0] ?? 'nothing'
  return [`${resources.length} AI ${plural(resources.length, 'resource')}`, ...direct].join(', ')
}

const plural = (count: number, word: string) => (count === 1 ? word : `${word}s`)
