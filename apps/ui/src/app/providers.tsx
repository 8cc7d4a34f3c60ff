'use client'

import CssBaseline from '@mui/material/CssBaseline'
import { ThemeProvider } from '@mui/material/styles'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { isProblem } from '@/client/problem'
import { sessionQuery } from '@/client/queries'
import { Notices } from '@/components/notices'
import { theme } from '@/theme/theme'

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(newQueryClient)
  return (
    <ThemeProvider theme={theme} defaultMode="system">
      <CssBaseline />
      <QueryClientProvider client={client}>
        {children}
        <Notices />
      </QueryClientProvider>
    </ThemeProvider>
  )
}

function newQueryClient(): QueryClient {
  // Whoever is signed out meanwhile is told so by the shell, which watches the session.
  const onError = (error: unknown) => {
    if (isProblem(error, 'not_signed_in') || isProblem(error, 'password_change_required'))
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
  }
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.queryKey[0] !== sessionQuery.queryKey[0]) onError(error)
      },
    }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchOnWindowFocus: true,
        // What the API has refused it would refuse again; what did not arrive is asked for twice more.
        retry: (failures, error) =>
          failures < 2 && (isProblem(error, 'api_unreachable') || isProblem(error, 'unavailable')),
        retryDelay: (failure) => 500 * 2 ** failure,
      },
    },
  })
  return client
}
