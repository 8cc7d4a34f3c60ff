import { WorkspacesPage } from './_components/workspaces-page'

export default function Page() {
  return <WorkspacesPage />
}
