import { GettingStarted } from './_components/getting-started'

export default function GettingStartedPage() {
  return <GettingStarted />
}
