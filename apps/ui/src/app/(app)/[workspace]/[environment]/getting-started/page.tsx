import { PageHeader } from '@/components/page-header'

export default function GettingStartedPage() {
  return <PageHeader title="Getting started" />
}
