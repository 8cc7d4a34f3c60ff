'use client'

import { grantable, type PolicyDocument } from '@vm-x/contract'
import { useCallback, useMemo } from 'react'
import { useSession } from '@/session/use-session'

/** Why who is signed in can't give a role with this policy, where that is known; undefined where nothing is in the way. */
export function useGrantReason(): (policy: PolicyDocument) => string | undefined {
  const session = useSession()
  const own = useMemo(() => session?.roles.map((role) => role.policy) ?? [], [session])
  return useCallback(
    (policy) => {
      const [first] = grantable(own, policy)
      return first && `Nobody can grant what they do not have. ${first.message}`
    },
    [own],
  )
}
