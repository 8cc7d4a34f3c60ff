import { SdkPage } from './_components/sdk-page'

/** `?resource=<id>` chooses the resource of the examples. */
export default async function Page({ searchParams }: { searchParams: Promise<{ resource?: string | string[] }> }) {
  const { resource } = await searchParams
  return <SdkPage wanted={[resource].flat()[0]} />
}
