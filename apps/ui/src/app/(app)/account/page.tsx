import { Account } from './_components/account'

export default function AccountPage() {
  return <Account />
}
