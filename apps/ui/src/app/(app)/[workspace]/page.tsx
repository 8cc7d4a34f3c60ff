import { StartPage } from '@/components/shell/start-page'

export default async function WorkspacePage({ params }: { params: Promise<{ workspace: string }> }) {
  return <StartPage workspaceId={(await params).workspace} />
}
