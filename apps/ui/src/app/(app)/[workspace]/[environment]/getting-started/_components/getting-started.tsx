'use client'

import Card from '@mui/material/Card'
import Skeleton from '@mui/material/Skeleton'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { PageHeader } from '@/components/page-header'
import { ErrorState } from '@/components/states'
import { useMay } from '@/session/use-permission'
import { ConnectStep } from './connect-step'
import { KeyStep } from './key-step'
import { NextSteps } from './next-steps'
import { RequestStep } from './request-step'
import { Step } from './step'
import { useProgress } from './use-progress'

const ResourceStep = dynamic(() => import('./resource-step').then((module) => module.ResourceStep), {
  ssr: false,
  loading: () => <Skeleton variant="rounded" height={113} />,
})

type StepId = 'connect' | 'resource' | 'request' | 'key'

/** From an empty environment to a first answered request, each step in place. */
export function GettingStarted() {
  const progress = useProgress()
  const ready = !progress.loading && progress.connected && progress.hasResource && progress.answered && progress.hasKey
  return (
    <>
      <PageHeader
        title="Getting started"
        description={
          ready
            ? 'This environment is ready: a resource answers, and applications have a key.'
            : 'From an empty environment to a first answered request in four short steps.'
        }
      />
      {progress.error ? (
        <ErrorState error={progress.error} onRetry={progress.retry} />
      ) : progress.loading ? (
        <Skeleton variant="rounded" height={332} aria-label="Loading" />
      ) : (
        <>
          <Steps progress={progress} />
          <NextSteps ready={ready} />
        </>
      )}
    </>
  )
}

function Steps({ progress }: { progress: ReturnType<typeof useProgress> }) {
  const may = useMay()
  const { existing, keys, hidden } = progress
  // Where something was done in this visit it stays in sight.
  const [opened, setOpened] = useState<readonly StepId[]>([])
  const [answeredHere, setAnsweredHere] = useState(false)
  const [made, setMade] = useState<string>()
  const open = (id: StepId) => setOpened((all) => (all.includes(id) ? all : [...all, id]))
  const madeHere = existing.resources.find(({ id }) => id === made)
  const resource = madeHere ?? existing.resources.find(({ enabled }) => enabled) ?? existing.resources[0]
  const answered = progress.answered || answeredHere
  const current: StepId | undefined = !progress.connected
    ? 'connect'
    : !progress.hasResource
      ? 'resource'
      : !answered
        ? 'request'
        : !progress.hasKey
          ? 'key'
          : undefined
  const isOpen = (id: StepId) => current === id || opened.includes(id)
  const reopen = (id: StepId, label: string, possible: boolean) =>
    possible ? { label, onOpen: () => open(id) } : undefined
  return (
    <Card component="ol" aria-label="Steps" sx={{ m: 0, mb: 3, p: 0, listStyle: 'none' }}>
      <Step
        number={1}
        title="Connect a provider"
        done={progress.connected}
        summary={connected(progress)}
        open={isOpen('connect')}
      >
        <ConnectStep existing={existing} onResource={({ id }) => setMade(id)} />
      </Step>
      <Step
        number={2}
        title="Create an AI resource"
        done={progress.hasResource}
        summary={
          progress.hasResource
            ? listed(existing.resources, 'AI resource')
            : hidden.resources
              ? 'You may not see whether there is one.'
              : `What applications name as their model.${progress.connected ? '' : ' The first comes with the provider.'}`
        }
        open={isOpen('resource')}
      >
        <ResourceStep existing={existing} onResource={({ id }) => setMade(id)} />
      </Step>
      <Step
        number={3}
        title="Send a first request"
        done={answered}
        summary={
          answered
            ? 'Requests are answered here.'
            : progress.hasResource
              ? hidden.requests
                ? 'You may not see whether there were any.'
                : 'Ask the resource as yourself: no key is needed yet.'
              : 'As soon as there is a resource.'
        }
        open={isOpen('request')}
        reopen={reopen('request', 'Send a message', progress.hasResource && may('chatWithAiResource'))}
      >
        <RequestStep
          resources={existing.resources}
          preferred={made}
          onSend={() => open('request')}
          onAnswered={() => setAnsweredHere(true)}
        />
      </Step>
      <Step
        number={4}
        title="Create an API key"
        done={progress.hasKey}
        summary={
          progress.hasKey
            ? listed(keys, 'API key')
            : hidden.keys
              ? 'You may not see whether there is one.'
              : 'What applications send instead of a provider’s key.'
        }
        open={isOpen('key')}
        reopen={reopen('key', 'Create a key', progress.hasResource && may('createApiKey'))}
      >
        <KeyStep
          resource={resource?.name ?? 'demo'}
          taken={keys.map(({ name }) => name)}
          onCreate={() => open('key')}
        />
      </Step>
    </Card>
  )
}

function connected({ existing, connected, hidden }: ReturnType<typeof useProgress>): string {
  if (existing.connections.length > 0) return listed(existing.connections, 'AI connection')
  if (connected) return 'There is one: resources use it.'
  if (hidden.connections) return 'You may not see whether there is one.'
  return 'Where requests are answered: the demo provider in one click, or a real one with its key.'
}

/** e.g. `2 AI connections: demo, openai` */
function listed(items: readonly { readonly name: string }[], what: string): string {
  const names = items.slice(0, 3).map(({ name }) => name)
  const more = items.length > names.length ? ` and ${items.length - names.length} more` : ''
  return `${items.length} ${what}${items.length === 1 ? '' : 's'}: ${names.join(', ')}${more}`
}
