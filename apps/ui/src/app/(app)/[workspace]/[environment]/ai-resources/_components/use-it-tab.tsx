'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MuiLink from '@mui/material/Link'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { type AiResource, keysQuery } from '@/client/queries'
import { CodeBlock } from '@/components/code-block'
import { count, share } from '@/components/figures'
import { Section } from '@/components/section'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { lastHourQuery } from '../queries'

/** The ways from a resource to a request. */
export function UseItTab({ resource }: { resource: AiResource }) {
  const { id, name } = resource
  const path = useEnvironmentPath()
  const may = useMay()
  const mayKeys = may('listApiKeys')
  const mayUsage = may('queryUsage')
  const { data: keys } = useQuery({ ...keysQuery(path), enabled: mayKeys })
  const { data: hour } = useQuery({ ...lastHourQuery(path), enabled: mayUsage })
  const usable = keys?.filter(({ enabled, resources }) => enabled && (resources === 'all' || resources.includes(id)))
  const { requests, errorShare } = hour?.get(id) ?? { requests: 0, errorShare: 0 }
  return (
    <Box
      sx={{
        display: 'grid',
        columnGap: 2,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' },
      }}
    >
      <Section
        title="From an application"
        description="Any client of the OpenAI API works: pass the name as the model."
      >
        <CodeBlock
          label="the request"
          code={JSON.stringify({ model: name, messages: [{ role: 'user', content: 'Hello' }] }, null, 2)}
        />
        <Box sx={{ mt: 2, display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          <Button component={Link} href={`${path.href}/sdk?resource=${id}`} variant="contained">
            Show SDK snippets
          </Button>
          <Button component={Link} href={`${path.href}/playground?resource=${id}`} variant="outlined">
            Try in the playground
          </Button>
        </Box>
      </Section>
      <Section title="Who may use it">
        {!mayKeys && (
          <Typography sx={{ color: 'text.secondary' }}>You may not see the API keys of this environment.</Typography>
        )}
        {usable?.length === 0 && (
          <Typography>
            No API key may use it yet.{' '}
            <MuiLink component={Link} underline="always" href={`${path.href}/api-keys`}>
              Go to the API keys
            </MuiLink>
          </Typography>
        )}
        {usable && usable.length > 0 && (
          <Box component="ul" sx={{ m: 0, pl: 2.5, maxHeight: 240, overflow: 'auto' }}>
            {usable.map((key) => (
              <li key={key.id}>
                <MuiLink component={Link} underline="always" href={`${path.href}/api-keys/${key.id}`}>
                  {key.name}
                </MuiLink>
                {key.resources === 'all' && (
                  <Typography component="span" variant="body2" sx={{ color: 'text.secondary' }}>
                    {' '}
                    (all resources)
                  </Typography>
                )}
              </li>
            ))}
          </Box>
        )}
        {mayUsage && (
          <Typography variant="body2" sx={{ color: 'text.secondary', mt: 2 }}>
            {requests === 0
              ? 'No request has named it in the last hour.'
              : `${count(requests)} ${requests === 1 ? 'request' : 'requests'} in the last hour, ${share(errorShare)} of them with an error.`}
          </Typography>
        )}
      </Section>
    </Box>
  )
}
