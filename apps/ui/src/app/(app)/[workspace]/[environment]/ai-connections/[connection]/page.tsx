import { Suspense } from 'react'
import { ConnectionPage } from '../_components/connection-page'

export default function AiConnectionPage() {
  return (
    <Suspense>
      <ConnectionPage />
    </Suspense>
  )
}
