import type { EnvironmentContext } from '@vm-x/storage'

/** What policies call the record of one exchange. */
export const exchangeResource = ({ workspaceId, environmentId }: EnvironmentContext, id: string): string =>
  `workspace:${workspaceId}/environment:${environmentId}/audit:${id}`
