'use client'

import { PageHeader } from '@/components/page-header'
import { timeSpanOf } from '@/components/time-spans'
import { useAddress } from '@/components/use-address'
import { useNames } from '@/components/use-names'
import { filtersOf } from './audit-filters'
import { ExchangeList } from './exchange-list'
import { FilterBar } from './filter-bar'
import { RequestFinder } from './request-finder'

/** Every request of the environment and what became of it. */
export function AuditPage() {
  const { params, change } = useAddress()
  const names = useNames()
  const filters = filtersOf(params)
  const time = timeSpanOf(params)
  return (
    <>
      <PageHeader
        title="Audit"
        description="Every request to the gateway and what became of it. Texts of requests and answers are not kept."
        actions={<RequestFinder onClientId={(clientRequestId) => change({ clientRequestId })} />}
      />
      <FilterBar filters={filters} time={time} names={names} change={change} />
      {/* Other filters, another list: nothing of the one before stays. */}
      <ExchangeList key={JSON.stringify([filters, time])} filters={filters} time={time} names={names} change={change} />
    </>
  )
}
