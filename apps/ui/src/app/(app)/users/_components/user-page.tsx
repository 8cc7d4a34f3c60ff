'use client'

import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { userQuery } from '@/client/people-queries'
import { isProblem } from '@/client/problem'
import { PageHeader } from '@/components/page-header'
import { PageTabs } from '@/components/page-tabs'
import { ErrorState } from '@/components/states'
import { useSession } from '@/session/use-session'
import { UserState } from './user-state'

const loading = () => <Skeleton variant="rounded" height={360} aria-label="Loading" />
const Profile = dynamic(() => import('./profile').then((module) => module.Profile), { ssr: false, loading })
const Access = dynamic(() => import('./access').then((module) => module.Access), { ssr: false, loading })
const SignIn = dynamic(() => import('./sign-in').then((module) => module.SignIn), { ssr: false, loading })

const TABS = [
  { id: 'access', label: 'Roles and access' },
  { id: 'profile', label: 'Profile' },
  { id: 'sign-in', label: 'Sign-in' },
] as const

const TRAIL = [{ label: 'Users', href: '/users' }]

/** One user: what they may do, who they are, how they sign in. */
export function UserPage({ userId }: { userId: string }) {
  const session = useSession()
  const { data: user, error, refetch } = useQuery(userQuery(userId))
  if (error && !user) {
    // Everybody may ask what they may do themselves.
    const own = isProblem(error, 'permission_missing') && session?.user.id === userId
    return (
      <>
        <PageHeader title={own ? session.user.name : 'User'} trail={own ? [] : TRAIL} />
        {own ? <Access userId={userId} user={undefined} /> : <ErrorState error={error} onRetry={refetch} />}
      </>
    )
  }
  return (
    <>
      <PageHeader
        title={user?.name ?? 'User'}
        trail={TRAIL}
        badges={user && <UserState state={user.state} />}
        description={user?.email ?? <Skeleton width={180} />}
      />
      <PageTabs label="User" tabs={TABS}>
        {(tab) => {
          if (!user) return loading()
          if (tab === 'profile') return <Profile key={userId} user={user} />
          return tab === 'access' ? <Access userId={userId} user={user} /> : <SignIn user={user} />
        }}
      </PageTabs>
    </>
  )
}
