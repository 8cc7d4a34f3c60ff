import { queryOptions } from '@tanstack/react-query'
import { answerOf, api } from '@/client/api'

/** The own sessions. */
export const sessionsQuery = queryOptions({
  queryKey: ['own-sessions'],
  queryFn: async () => (await answerOf(api.GET('/auth/sessions'))).items,
})
