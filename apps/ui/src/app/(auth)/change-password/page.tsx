import type { Metadata } from 'next'
import { FirstPasswordForm } from './_components/first-password-form'

export const metadata: Metadata = { title: 'Choose a password' }

export default function ChangePasswordPage() {
  return <FirstPasswordForm />
}
