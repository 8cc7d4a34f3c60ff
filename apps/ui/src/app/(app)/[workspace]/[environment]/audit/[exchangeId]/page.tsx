import type { Metadata } from 'next'
import { ExchangePage } from '../_components/exchange-page'

export const metadata: Metadata = { title: 'Exchange' }

export default function Page() {
  return <ExchangePage />
}
