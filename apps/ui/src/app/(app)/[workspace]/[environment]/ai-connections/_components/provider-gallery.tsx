'use client'

import SearchIcon from '@mui/icons-material/Search'
import Box from '@mui/material/Box'
import Card from '@mui/material/Card'
import CardActionArea from '@mui/material/CardActionArea'
import InputAdornment from '@mui/material/InputAdornment'
import Skeleton from '@mui/material/Skeleton'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { type Provider, providersQuery } from '@/client/queries'
import { ErrorState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { needsOf, providerGroups } from './provider-groups'

/** All providers that connections can be made to; each leads to its form. */
export function ProviderGallery() {
  const path = useEnvironmentPath()
  const { data, error, refetch } = useQuery(providersQuery(path))
  const [search, setSearch] = useState('')
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  const groups = data && providerGroups(data, search)
  return (
    <Box>
      <TextField
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        placeholder="Search providers and models"
        sx={{ maxWidth: 360, mb: 2.5 }}
        slotProps={{
          htmlInput: { 'aria-label': 'Search providers and models' },
          input: {
            startAdornment: (
              <InputAdornment position="start">
                <SearchIcon fontSize="small" />
              </InputAdornment>
            ),
          },
        }}
      />
      {!groups && (
        <Box sx={GRID}>
          {PLACES.map((key) => (
            <Skeleton key={key} variant="rounded" height={112} />
          ))}
        </Box>
      )}
      {groups?.map(({ title, description, providers }) => (
        <Box key={title} component="section" aria-label={title} sx={{ mb: 3 }}>
          <Typography variant="h2">{title}</Typography>
          <Typography variant="body2" sx={{ color: 'text.secondary', mb: 1.5 }}>
            {description}
          </Typography>
          <Box component="ul" sx={{ ...GRID, m: 0, p: 0, listStyle: 'none' }}>
            {providers.map((provider) => (
              <li key={provider.id}>
                <ProviderCard provider={provider} href={`${path.href}/ai-connections/new?provider=${provider.id}`} />
              </li>
            ))}
          </Box>
        </Box>
      ))}
      {groups?.length === 0 && (
        <Typography role="status" sx={{ color: 'text.secondary', py: 4 }}>
          No provider matches “{search.trim()}”. Whatever speaks the OpenAI API can be connected as “OpenAI-compatible”.
        </Typography>
      )}
    </Box>
  )
}

function ProviderCard({ provider, href }: { provider: Provider; href: string }) {
  return (
    <Card sx={{ height: '100%' }}>
      <CardActionArea component={Link} href={href} sx={{ p: 1.75, height: '100%', display: 'block' }}>
        <Typography variant="h3" component="h3">
          {provider.name}
        </Typography>
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {needsOf(provider)} · {provider.operations.join(', ')}
        </Typography>
        {provider.defaultModels.length > 0 && (
          <Box
            component="code"
            sx={{ display: 'block', mt: 1, color: 'text.secondary', fontSize: 12, overflowWrap: 'anywhere' }}
          >
            {provider.defaultModels.join(', ')}
          </Box>
        )}
      </CardActionArea>
    </Card>
  )
}

const GRID = {
  display: 'grid',
  gap: 1.5,
  gridTemplateColumns: { xs: '1fr', sm: 'repeat(auto-fill, minmax(250px, 1fr))' },
} as const

const PLACES = ['1', '2', '3', '4', '5', '6', '7', '8']
