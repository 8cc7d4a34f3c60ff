import { UsersPage } from './_components/users-page'

export default function Page() {
  return <UsersPage />
}
