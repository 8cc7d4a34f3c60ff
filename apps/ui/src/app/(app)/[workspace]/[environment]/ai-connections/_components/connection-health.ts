type Known = {
  readonly enabled: boolean
  /** How many of its models are not asked for a while, since the provider has said so. */
  readonly heldModels: number
  /** Of the last hour; undefined: no traffic. */
  readonly use: { readonly requests: number; readonly errorShare: number } | undefined
}

export type Health = {
  readonly label: string
  readonly tone: 'success' | 'warning' | 'error' | 'neutral'
  /** Orders the worst first. */
  readonly rank: number
}

/** What is known of a connection in one word. Without traffic nothing is known: it is not called healthy. */
export function connectionHealth({ enabled, heldModels, use }: Known): Health {
  if (!enabled) return { label: 'Disabled', tone: 'neutral', rank: 5 }
  if (use && use.requests > 0 && use.errorShare >= 0.5) return { label: 'Failing', tone: 'error', rank: 0 }
  if (heldModels > 0) return { label: 'Held back', tone: 'warning', rank: 1 }
  if (!use || use.requests === 0) return { label: 'No traffic', tone: 'neutral', rank: 4 }
  if (use.errorShare >= 0.05) return { label: 'Some errors', tone: 'warning', rank: 2 }
  return { label: 'Healthy', tone: 'success', rank: 3 }
}
