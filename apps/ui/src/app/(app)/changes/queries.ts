import { infiniteQueryOptions } from '@tanstack/react-query'
import { answerOf, api } from '@/client/api'
import type { paths } from '@/client/schema'

type Query = NonNullable<paths['/audit-events']['get']['parameters']['query']>

/** Changes, newest first, page by page. A page can be empty with more to come: what may not be seen is left out. */
export const changesQuery = (query: Query) =>
  infiniteQueryOptions({
    queryKey: ['audit-events', query],
    queryFn: ({ pageParam: cursor }) =>
      answerOf(
        api.GET('/audit-events', {
          params: { query: { ...query, limit: 50, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchOnWindowFocus: false,
  })
