import { KeyPage } from '../_components/key-page'

export default function ApiKeyPage() {
  return <KeyPage />
}
