import { KeysList } from './_components/keys-list'

export default function ApiKeysPage() {
  return <KeysList />
}
