import { UserPage } from '../_components/user-page'

export default async function Page({ params }: { params: Promise<{ user: string }> }) {
  return <UserPage userId={(await params).user} />
}
