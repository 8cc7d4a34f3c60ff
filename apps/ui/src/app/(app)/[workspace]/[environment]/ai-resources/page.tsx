import { ResourceList } from './_components/resource-list'

export default function AiResourcesPage() {
  return <ResourceList />
}
