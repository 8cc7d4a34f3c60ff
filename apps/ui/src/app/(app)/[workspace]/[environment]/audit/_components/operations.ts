import type { AuditExchange } from '@vm-x/contract'

/** What requests ask for, in words. */
export const OPERATIONS: Readonly<Record<AuditExchange['operation'], string>> = {
  chat: 'Chat',
  completion: 'Completion',
  embedding: 'Embedding',
  models: 'List of models',
  unknown: 'Not known',
}
