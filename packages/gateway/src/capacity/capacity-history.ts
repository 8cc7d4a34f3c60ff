/** By what charges can be told apart. `connectionId` and `model` only where requests to providers are counted. */
export type ChargeGroup = 'apiKeyId' | 'connectionId' | 'model' | 'resourceId' | 'sourceAddress' | 'user'

export type ChargedQuery = {
  /** The environment, one key of it, or the whole workspace, whose exchanges are summed; nothing of any other. */
  readonly scope:
    | { readonly environmentId: string; readonly apiKeyId?: string | undefined }
    | { readonly workspaceId: string }
  /**
   * `exchanges`: each exchange with at least one attempt that was sent is one request, with all of its tokens.
   * `attempts`: each attempt that was sent is one request; the tokens of an exchange belong to the target that answered.
   * What a crash interrupted counts as sent, with the tokens that were expected.
   */
  readonly counted: 'exchanges' | 'attempts'
  /** Of exchanges that started in this span; milliseconds since the epoch, `beforeMs` not included. */
  readonly sinceMs: number
  readonly beforeMs: number
  /** One row for each combination of these; none: at most one row. */
  readonly by: readonly ChargeGroup[]
}

/** The sums of one group. Groups asked for are given; null where the records have no value. */
export type ChargedRow = { readonly [K in ChargeGroup]?: string | null } & {
  readonly requests: number
  /** Input and output, as recorded. */
  readonly tokens: number
}

/** PORT. What recorded exchanges were charged, so that a process finds out what was used before it began. */
export interface CapacityHistory {
  /** At most {@link MOST_CHARGED_ROWS}, those with the most requests first. Throws when the records can't be read. */
  charged(query: ChargedQuery): Promise<readonly ChargedRow[]>
}

export const MOST_CHARGED_ROWS = 50_000
