'use client'

import type { SvgIconComponent } from '@mui/icons-material'
import AltRouteIcon from '@mui/icons-material/AltRoute'
import BarChartIcon from '@mui/icons-material/BarChart'
import CodeIcon from '@mui/icons-material/Code'
import ForumIcon from '@mui/icons-material/ForumOutlined'
import GroupAddIcon from '@mui/icons-material/GroupAddOutlined'
import ManageSearchIcon from '@mui/icons-material/ManageSearch'
import SpeedIcon from '@mui/icons-material/Speed'
import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import Link from 'next/link'
import type { Operation } from '@/client/permissions'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'

type Offer = {
  readonly title: string
  readonly text: string
  readonly href: string
  readonly icon: SvgIconComponent
  readonly needs?: Operation
}

/** Where to go from here, as far as this person may. */
export function NextSteps({ ready }: { ready: boolean }) {
  const { workspaceId, href } = useEnvironmentPath()
  const may = useMay()
  const offers: readonly Offer[] = [
    {
      title: 'Call it from your code',
      text: 'Snippets for the OpenAI SDKs, LangChain and curl',
      href: `${href}/sdk`,
      icon: CodeIcon,
    },
    {
      title: 'Add rules and fallbacks',
      text: 'Route by tokens, text or key; go on when a provider fails',
      href: `${href}/ai-resources`,
      icon: AltRouteIcon,
      needs: 'updateAiResource',
    },
    {
      title: 'Set limits',
      text: 'Requests, tokens and concurrency of each key',
      href: `${href}/api-keys`,
      icon: SpeedIcon,
      needs: 'updateApiKey',
    },
    {
      title: 'Compare in the playground',
      text: 'Up to three resources side by side',
      href: `${href}/playground`,
      icon: ForumIcon,
      needs: 'chatWithAiResource',
    },
    ...(may('updateAiResource') || !may('listAiResources')
      ? []
      : [
          {
            title: 'See the AI resources',
            text: 'What can be asked here, and where it goes',
            href: `${href}/ai-resources`,
            icon: AltRouteIcon,
          },
        ]),
    {
      title: 'See what happened',
      text: 'Every request, with why it went where it went',
      href: `${href}/audit`,
      icon: ManageSearchIcon,
      needs: 'listAudit',
    },
    {
      title: 'Watch usage',
      text: 'Requests, tokens, errors and latency over time',
      href: `${href}/usage`,
      icon: BarChartIcon,
      needs: 'queryUsage',
    },
    {
      title: 'Let colleagues in',
      text: 'Members of the workspace and their roles',
      href: `/${workspaceId}/settings`,
      icon: GroupAddIcon,
      needs: 'addWorkspaceMember',
    },
  ]
  return (
    <Box component="section" aria-labelledby="next-steps">
      <Typography variant="h2" id="next-steps" sx={{ mb: 1.5 }}>
        {ready ? 'Next' : may('createAiConnection') ? 'Also here' : 'What you can do here'}
      </Typography>
      <Box
        sx={{
          display: 'grid',
          gap: 1.5,
          gridTemplateColumns: {
            xs: 'minmax(0, 1fr)',
            sm: 'repeat(2, minmax(0, 1fr))',
            lg: 'repeat(4, minmax(0, 1fr))',
          },
        }}
      >
        {offers
          .filter(({ needs }) => !needs || may(needs))
          .map((offer) => (
            <OfferLink key={offer.title} {...offer} />
          ))}
      </Box>
    </Box>
  )
}

function OfferLink({ title, text, href, icon: Icon }: Offer) {
  return (
    <Box
      component={Link}
      href={href}
      sx={{
        display: 'grid',
        gridTemplateColumns: '24px minmax(0, 1fr)',
        gap: 1.25,
        p: 1.75,
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        bgcolor: 'background.paper',
        color: 'inherit',
        textDecoration: 'none',
        '&:hover': { borderColor: 'primary.main' },
        '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: 2 },
      }}
    >
      <Icon fontSize="small" sx={{ color: 'primary.main', mt: 0.25 }} />
      <span>
        <Typography component="span" variant="h3" sx={{ display: 'block' }}>
          {title}
        </Typography>
        <Typography component="span" variant="body2" sx={{ display: 'block', color: 'text.secondary' }}>
          {text}
        </Typography>
      </span>
    </Box>
  )
}
