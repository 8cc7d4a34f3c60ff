import { redirect } from 'next/navigation'

type EnvironmentPageProps = { params: Promise<{ workspace: string; environment: string }> }

export default async function EnvironmentPage({ params }: EnvironmentPageProps) {
  const { workspace, environment } = await params
  redirect(`/${workspace}/${environment}/getting-started`)
}
