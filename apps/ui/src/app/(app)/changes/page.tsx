import type { Metadata } from 'next'
import { ChangesPage } from './_components/changes-page'

export const metadata: Metadata = { title: 'Changes' }

export default function Page() {
  return <ChangesPage />
}
