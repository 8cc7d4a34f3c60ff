'use client'

import Box from '@mui/material/Box'
import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { usePathname, useRouter } from 'next/navigation'
import { type ReactNode, useEffect, useRef } from 'react'
import { isProblem } from '@/client/problem'
import { sessionQuery } from '@/client/queries'
import { ErrorState } from '@/components/states'
import { Shell } from './shell'

const SessionEnded = dynamic(async () => (await import('./session-ended')).SessionEnded, { ssr: false })

/** Shows pages to who is signed in; sends others to where they can. */
export function SignedIn({ children }: { children: ReactNode }) {
  const router = useRouter()
  const pathname = usePathname()
  // Always: meanwhile somebody else can have signed in by another tab.
  const { data, error, refetch } = useQuery({ ...sessionQuery, refetchOnWindowFocus: 'always' })
  const person = data?.user.id
  const before = useRef(person)
  useEffect(() => {
    // Nothing that was shown to one person may be left for the next.
    if (before.current && person && before.current !== person) window.location.reload()
    before.current = person ?? before.current
  }, [person])
  const signedOut = isProblem(error, 'not_signed_in')
  const mustChange = data?.user.state === 'must_change_password'
  const isNew = signedOut && !data
  useEffect(() => {
    const next = `?next=${encodeURIComponent(`${pathname}${window.location.search}`)}`
    if (isNew) router.replace(`/sign-in${pathname === '/' ? '' : next}`)
    else if (mustChange) router.replace('/change-password')
  }, [isNew, mustChange, pathname, router])
  if (error && !signedOut && !data)
    return (
      <Box component="main" sx={{ p: 3, pt: 12 }}>
        <ErrorState error={error} onRetry={refetch} />
      </Box>
    )
  if (!data || mustChange) return <Waiting />
  return (
    <>
      <Shell>{children}</Shell>
      {signedOut && <SessionEnded email={data.user.email} />}
    </>
  )
}

/** The outline of the shell, so that nothing moves when it comes. */
function Waiting() {
  return (
    <Box component="main" aria-busy aria-label="Loading" sx={{ minHeight: '100dvh' }}>
      <Box sx={{ height: 56, borderBottom: 1, borderColor: 'divider', bgcolor: 'background.paper' }} />
      <Box sx={{ display: 'flex' }}>
        <Box
          sx={{
            display: { xs: 'none', md: 'block' },
            width: 232,
            height: 'calc(100dvh - 57px)',
            borderRight: 1,
            borderColor: 'divider',
            bgcolor: 'background.paper',
          }}
        />
        <Box sx={{ p: 3, flexGrow: 1 }}>
          <Skeleton width={220} height={36} />
          <Skeleton variant="rounded" height={240} sx={{ mt: 2 }} />
        </Box>
      </Box>
    </Box>
  )
}
