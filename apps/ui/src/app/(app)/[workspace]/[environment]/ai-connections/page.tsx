import { ConnectionsList } from './_components/connections-list'

export default function AiConnectionsPage() {
  return <ConnectionsList />
}
