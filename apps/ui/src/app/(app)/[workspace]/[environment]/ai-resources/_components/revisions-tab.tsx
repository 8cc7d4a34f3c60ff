'use client'

import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import type { AiConnection, AiResource } from '@/client/queries'
import { type Column, ListTable } from '@/components/list-table'
import { Moment } from '@/components/moment'
import { nameIn } from '@/components/named-link'
import { Section } from '@/components/section'
import { useNames } from '@/components/use-names'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { type Revision, revisionsQuery } from '../queries'

const RevisionDialog = dynamic(() => import('./revision-dialog').then((module) => module.RevisionDialog), {
  ssr: false,
})

type RevisionsTabProps = {
  readonly resource: AiResource
  readonly connections: readonly AiConnection[]
  /** There is something that is not saved. */
  readonly dirty: boolean
  readonly readOnly: boolean
  readonly onRestored: (resource: AiResource) => void
}

/** Who saved the resource when, and the way back. */
export function RevisionsTab(props: RevisionsTabProps) {
  const { resource } = props
  const path = useEnvironmentPath()
  const names = useNames()
  const { data, error, refetch } = useQuery(revisionsQuery(path, resource.id))
  const [opened, setOpened] = useState<Revision>()
  const columns: readonly Column<Revision>[] = [
    {
      id: 'revision',
      label: 'Revision',
      cell: ({ revision }) => (
        <>
          {revision}{' '}
          {revision === resource.version && <Chip label="now" color="primary" variant="outlined" sx={{ ml: 1 }} />}
        </>
      ),
    },
    { id: 'saved', label: 'Saved', cell: ({ createdAt }) => <Moment at={createdAt} /> },
    { id: 'by', label: 'By', hideBelow: 'sm', cell: ({ createdBy }) => authorOf(createdBy, names) },
    {
      id: 'actions',
      label: '',
      align: 'right',
      cell: (revision) => (
        <Button
          variant="outlined"
          color="secondary"
          onClick={() => setOpened(revision)}
          aria-label={`Show revision ${revision.revision}`}
        >
          {revision.revision === resource.version ? 'Show' : 'Compare'}
        </Button>
      ),
    },
  ]
  return (
    <Section title="Revisions" description="Every save is kept. A revision that is restored becomes the next one.">
      <ListTable
        label="Revisions"
        rows={data}
        error={error}
        onRetry={refetch}
        columns={columns}
        rowKey={({ id }) => id}
        empty={null}
      />
      {opened && <RevisionDialog {...props} revision={opened} onClose={() => setOpened(undefined)} />}
    </Section>
  )
}

/** A person, or the part of the product that it was. */
function authorOf(author: string, names: ReturnType<typeof useNames>): string {
  return /^[0-9a-f-]{36}$/.test(author) ? nameIn(names, 'member', author) : author
}
