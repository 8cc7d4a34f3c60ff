import { NewRolePage } from '../_components/new-role-page'

export default function Page() {
  return <NewRolePage />
}
