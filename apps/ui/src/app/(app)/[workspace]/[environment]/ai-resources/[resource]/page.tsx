import { ResourcePage } from '../_components/resource-page'

export default function AiResourcePage() {
  return <ResourcePage />
}
