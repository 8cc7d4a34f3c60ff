import { NewKey } from '../_components/new-key'

export default function NewApiKeyPage() {
  return <NewKey />
}
