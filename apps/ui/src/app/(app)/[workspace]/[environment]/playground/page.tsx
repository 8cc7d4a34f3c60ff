import { Playground } from './_components/playground'

/** `?resource=<id>` chooses a resource; it may be there several times. */
type PlaygroundPageProps = { searchParams: Promise<{ resource?: string | string[] }> }

export default async function PlaygroundPage({ searchParams }: PlaygroundPageProps) {
  const { resource = [] } = await searchParams
  return <Playground wanted={[resource].flat()} />
}
