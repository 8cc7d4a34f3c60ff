import { Suspense } from 'react'
import { NewConnection } from '../_components/new-connection'

export default function NewAiConnectionPage() {
  return (
    <Suspense>
      <NewConnection />
    </Suspense>
  )
}
