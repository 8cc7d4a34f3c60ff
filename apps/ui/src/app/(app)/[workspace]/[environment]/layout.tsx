import type { ReactNode } from 'react'
import { RememberPlace } from '@/components/shell/remember-place'

export default function EnvironmentLayout({ children }: { children: ReactNode }) {
  return <RememberPlace>{children}</RememberPlace>
}
