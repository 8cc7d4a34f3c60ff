import type { Usage } from '../ledger/exchange-record.ts'
import type { Exchange } from './exchange.ts'

/** Usage of a request that was sent but whose provider reported nothing. */
export const guess = ({ estimate }: Pick<Exchange, 'estimate'>, output = estimate?.output ?? 0): Usage => ({
  input: estimate?.input ?? 0,
  cachedInput: 0,
  output,
  reasoning: 0,
  source: 'estimated',
})
