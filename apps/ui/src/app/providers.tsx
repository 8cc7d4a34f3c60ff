'use client'

import CssBaseline from '@mui/material/CssBaseline'
import { ThemeProvider } from '@mui/material/styles'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { sessions } from '@/client/api'
import { isProblem } from '@/client/problem'
import { sessionQuery } from '@/client/queries'
import { Notices } from '@/components/notices'
import { theme } from '@/theme/theme'

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(newQueryClient)
  useEffect(() => {
    // Whoever is signed out meanwhile is told so by the shell, which watches the session.
    const askAgain = () => void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
    sessions.addEventListener('refused', askAgain)
    return () => sessions.removeEventListener('refused', askAgain)
  }, [client])
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
  return new QueryClient({
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
}
