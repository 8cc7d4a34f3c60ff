'use client'

import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '@/client/queries'

/** Who is signed in. Below the shell there is always somebody. */
export function useSession() {
  const { data } = useQuery(sessionQuery)
  return data
}
