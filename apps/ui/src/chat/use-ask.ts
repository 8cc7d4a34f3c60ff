'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { sessionQuery } from '@/client/queries'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { askChat } from './ask-chat.ts'
import type { ChatAnswer } from './chat-answer.ts'

export type Message = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }

type Request = {
  readonly aiResourceId: string
  readonly messages: readonly Message[]
  readonly stream: boolean
  /** More fields of the request. */
  readonly parameters?: Readonly<Record<string, number>>
  readonly signal: AbortSignal
  readonly onProgress: (answer: ChatAnswer) => void
}

/** Asks a resource as who is signed in. What is said is kept nowhere but where the answer goes. */
export function useAsk() {
  const { workspaceId, environmentId } = useEnvironmentPath()
  const client = useQueryClient()
  return useCallback(
    async ({ aiResourceId, messages, stream, parameters, signal, onProgress }: Request): Promise<ChatAnswer> => {
      const answer = await askChat({
        url: `/management/v1/workspaces/${workspaceId}/environments/${environmentId}/ai-resources/${aiResourceId}/chat`,
        body: {
          ...parameters,
          messages,
          stream,
          ...(stream && { stream_options: { include_usage: true } }),
        },
        signal,
        onProgress,
        now: () => performance.now(),
        fetch: (url, init) => window.fetch(url, init),
      })
      // Whoever is signed out meanwhile is told so by the shell, which watches the session.
      if (answer.problem?.code === 'not_signed_in') void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
      return answer
    },
    [workspaceId, environmentId, client],
  )
}
