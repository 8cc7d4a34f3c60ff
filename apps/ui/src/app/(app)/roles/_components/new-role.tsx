'use client'

import Button from '@mui/material/Button'
import { useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { answerOf, api } from '@/client/api'
import { peopleKey, type Role } from '@/client/people-queries'
import { useProblemForm } from '@/components/form/use-problem-form'
import { notify } from '@/stores/interface-store'
import { EMPTY_STATEMENT } from './policy-editor'
import { type RoleFields, RoleForm, roleResolver } from './role-form'

/** The form of a role that is yet to be created. */
export function NewRole({ original }: { original: Role | undefined }) {
  const router = useRouter()
  const client = useQueryClient()
  const state = useProblemForm<RoleFields>({
    resolver: roleResolver,
    defaultValues: {
      name: original ? `${original.name}-copy`.slice(0, 64) : '',
      description: original?.description ?? '',
      policy: original?.policy ?? { statements: [EMPTY_STATEMENT] },
    },
    onSubmit: async (body) => {
      const role = await answerOf(api.POST('/roles', { body }))
      await client.invalidateQueries({ queryKey: peopleKey })
      notify(`Role ${role.name} was created: give it to somebody`)
      router.push(`/roles/${role.id}?tab=members`)
    },
  })
  return (
    <RoleForm
      {...state}
      action="Create the role"
      secondary={
        <Button component={Link} href="/roles" color="secondary">
          Cancel
        </Button>
      }
    />
  )
}
