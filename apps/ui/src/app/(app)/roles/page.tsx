import { RolesPage } from './_components/roles-page'

export default function Page() {
  return <RolesPage />
}
