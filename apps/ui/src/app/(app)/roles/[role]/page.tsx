import { RolePage } from '../_components/role-page'

export default async function Page({ params }: { params: Promise<{ role: string }> }) {
  return <RolePage roleId={(await params).role} />
}
