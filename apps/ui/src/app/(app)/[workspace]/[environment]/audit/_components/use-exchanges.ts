'use client'

import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import type { AuditExchange } from '@vm-x/contract'
import { useMemo, useState } from 'react'
import { boundsOf, type TimeSpan } from '@/components/time-spans'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { exchangesQuery, PAGE_SIZE, streamAddress } from '../queries'
import type { AuditFilters } from './audit-filters'
import { useLiveTail } from './use-live-tail'

type Options = { readonly filters: AuditFilters; readonly time: TimeSpan; readonly live: boolean }

/** The exchanges that filters leave, page by page, with new ones on top while they are followed. */
export function useExchanges({ filters, time, live }: Options) {
  const path = useEnvironmentPath()
  const client = useQueryClient()
  // A span ends at the same moment on all pages.
  const [nowMs, setNowMs] = useState(Date.now)
  const [place, setPlace] = useState(0)
  const [held, setHeld] = useState<readonly AuditExchange[]>()
  const query = { ...filters, ...boundsOf(time, nowMs) } as Parameters<typeof exchangesQuery>[1]
  const { queryKey } = exchangesQuery(path, query)
  const list = useInfiniteQuery(exchangesQuery(path, query))
  const tail = useLiveTail(live ? streamAddress(path, 'tail', filters) : undefined, () => {
    void client.invalidateQueries({ queryKey })
  })

  const arrived = held ?? tail.arrived
  const all = useMemo(
    () => newestFirst([...arrived, ...(list.data?.pages.flatMap(({ items }) => items) ?? [])]),
    [arrived, list.data],
  )
  const pages = Math.max(1, Math.ceil(all.length / PAGE_SIZE))
  const page = Math.min(place, pages - 1)
  const shown = useMemo(() => all.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE), [all, page])
  const pause = () => setHeld(tail.arrived)
  const resume = () => setHeld(undefined)
  return {
    list,
    tail,
    query,
    shown,
    first: page * PAGE_SIZE + 1,
    hasNewer: page > 0,
    hasOlder: page < pages - 1 || list.hasNextPage,
    paused: held !== undefined,
    waiting: held ? newestFirst([...tail.arrived, ...held]).length - held.length : 0,
    pause,
    resume,
    newer: () => setPlace(page - 1),
    older: async () => {
      // What comes now would move the page that is read.
      if (live && held === undefined) pause()
      if (page === pages - 1) await list.fetchNextPage()
      setPlace(page + 1)
    },
    refresh: () => {
      tail.clear()
      resume()
      setPlace(0)
      if (time.span === undefined) void client.resetQueries({ queryKey })
      else setNowMs(Date.now())
    },
  }
}

/** Each once. Ids begin with the time at which the request came. */
function newestFirst(exchanges: readonly AuditExchange[]): AuditExchange[] {
  const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]))
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
}
