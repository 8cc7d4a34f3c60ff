import { StartPage } from '@/components/shell/start-page'

export default function RootPage() {
  return <StartPage />
}
