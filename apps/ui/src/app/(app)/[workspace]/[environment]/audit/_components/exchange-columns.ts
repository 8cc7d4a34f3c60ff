import type { AuditExchange } from '@vm-x/contract'

/** The connection and the model that answered, as they were called then; else those that were asked last. */
export function targetOf({ connectionId, model, decision }: AuditExchange): string | undefined {
  const asked = decision.attempts.findLast((attempt) => !connectionId || attempt.connectionId === connectionId)
  if (!asked) return undefined
  return `${asked.connection} / ${model ?? asked.model}`
}

/** What the client saw the resource called, where it named one. */
export const askedFor = ({ requestedModel }: AuditExchange) => requestedModel ?? ''

/** Attempts that were no answer: a sign that the gateway had to help itself. */
export function extraAttempts({ decision, outcome }: AuditExchange): number {
  return outcome === 'ok' ? decision.attempts.length - 1 : 0
}
