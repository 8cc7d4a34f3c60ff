'use client'

import Box from '@mui/material/Box'
import Card from '@mui/material/Card'
import Tab from '@mui/material/Tab'
import Tabs from '@mui/material/Tabs'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { CodeBlock } from '@/components/code-block'
import { CLIENTS, type Client, type Example, snippet } from './snippets.ts'

/** The same request by each client. */
export function Snippets({ example }: { example: Example }) {
  const [client, setClient] = useState<Client>('openai-node')
  const label = CLIENTS.find(({ id }) => id === client)?.label ?? ''
  const { install, file, run, code } = snippet(client, example)
  return (
    <Card component="section" aria-label="Snippets" sx={{ minWidth: 0 }}>
      <Tabs
        value={client}
        onChange={(_, next: Client) => setClient(next)}
        aria-label="Client"
        sx={{ borderBottom: 1, borderColor: 'divider', px: 1 }}
      >
        {CLIENTS.map(({ id, label: name }) => (
          <Tab key={id} value={id} label={name} id={`tab-${id}`} aria-controls="snippet" />
        ))}
      </Tabs>
      <Box
        role="tabpanel"
        id="snippet"
        aria-labelledby={`tab-${client}`}
        sx={{ p: { xs: 2, sm: 2.5 }, display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}
      >
        {install && (
          <div>
            <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
              Install
            </Typography>
            <CodeBlock label={`install command of ${label}`} code={install} />
          </div>
        )}
        <div>
          <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
            {install ? (
              <>
                Save as <code>{file}</code> and run <code>{run}</code>
              </>
            ) : (
              'Paste into a terminal'
            )}
          </Typography>
          <CodeBlock label={`${label} snippet`} code={code} />
        </div>
      </Box>
    </Card>
  )
}
