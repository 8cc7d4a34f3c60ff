'use client'

import type { PolicyDocument } from '@vm-x/contract'
import { useDeferredValue, useMemo, useState } from 'react'
import { AccessTable } from '@/components/access/access-table'
import { type AccessPlace, PlaceFields } from '@/components/access/place-fields'
import { usePlace } from '@/session/use-place'
import { draftRows } from './draft-rows'

/** What a role would allow by itself, computed as it is written. */
export function DraftAccess({ policy }: { policy: PolicyDocument }) {
  const last = usePlace()
  const [chosen, setChosen] = useState<AccessPlace>()
  const document = useDeferredValue(policy)
  const place = chosen ?? last ?? OUTSIDE
  const rows = useMemo(() => draftRows(document, '', place), [document, place])
  return (
    <AccessTable
      label="What the role allows"
      rows={rows}
      filters={<PlaceFields value={place} onChange={setChosen} />}
    />
  )
}

const OUTSIDE = {}
