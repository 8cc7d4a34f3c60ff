import type { AuditQuery } from '@vm-x/contract'

/** What narrows the list beside the time, as the page's address and the API call it. */
export const FILTER_NAMES = [
  'outcome',
  'statusClass',
  'status',
  'resourceId',
  'connectionId',
  'apiKeyId',
  'userId',
  'provider',
  'model',
  'requestedModel',
  'user',
  'operation',
  'errorText',
  'correlationId',
  'clientRequestId',
] as const

export type FilterName = (typeof FILTER_NAMES)[number]
export type AuditFilters = Readonly<Partial<Record<FilterName, string>>>
export type AuditFilterQuery = Omit<AuditQuery, 'limit' | 'cursor'>

/** Reads the page's address; what it does not know and what is empty is left out. */
export function filtersOf(params: Pick<URLSearchParams, 'get'>): AuditFilters {
  return Object.fromEntries(
    FILTER_NAMES.flatMap((name) => {
      const value = params.get(name)?.trim()
      return value ? [[name, value] as const] : []
    }),
  )
}

/** The page's address without any filter: what {@link AuditFilters} has to be changed by. */
export const NO_FILTERS: Readonly<Record<FilterName, undefined>> = Object.fromEntries(
  FILTER_NAMES.map((name) => [name, undefined]),
) as Record<FilterName, undefined>

export const isNarrowed = (filters: AuditFilters) => Object.keys(filters).length > 0
