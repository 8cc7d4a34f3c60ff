import type { ReactNode } from 'react'
import { SignedIn } from '@/components/shell/signed-in'

export default function AppLayout({ children }: { children: ReactNode }) {
  return <SignedIn>{children}</SignedIn>
}
