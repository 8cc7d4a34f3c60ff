import { NewResource } from '../_components/new-resource'

export default function NewAiResourcePage() {
  return <NewResource />
}
