'use client'

import Button from '@mui/material/Button'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api, ifMatch } from '@/client/api'
import { peopleKey, type Role, roleQuery } from '@/client/people-queries'
import { sessionQuery } from '@/client/queries'
import { useBase } from '@/components/form/use-base'
import { useProblemForm } from '@/components/form/use-problem-form'
import { useVersionedSave } from '@/components/form/use-versioned-save'
import { notify } from '@/stores/interface-store'
import { type RoleFields, RoleForm, roleResolver } from './role-form'

/** The form of a role that there is. */
export function EditRole({ role }: { role: Role }) {
  const client = useQueryClient()
  const path = { roleId: role.id }
  const state = useProblemForm<RoleFields>({
    resolver: roleResolver,
    defaultValues: fieldsOf(role),
    onSubmit: async (values): Promise<void> => {
      await save(values)
    },
  })
  const { base, rebase } = useBase(role, state.form, fieldsOf)
  const taken = (item: Role) => {
    client.setQueryData(roleQuery(role.id).queryKey, item)
    rebase(item)
  }
  const { save, conflict } = useVersionedSave<Role, RoleFields>({
    base,
    save: (body, version) =>
      answerOf(api.PATCH('/roles/{roleId}', { params: { path, header: ifMatch(version) }, body })),
    current: () => answerOf(api.GET('/roles/{roleId}', { params: { path } })),
    onSaved: (saved) => {
      taken(saved)
      void client.invalidateQueries({ queryKey: peopleKey })
      // It may be one of one's own.
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
      notify('The role was saved: it counts from the next request')
    },
    onTaken: taken,
    labels: { name: 'Name', description: 'Description', policy: 'Policy' },
  })
  const { isDirty } = state.form.formState
  return (
    <>
      <RoleForm
        {...state}
        action="Save the role"
        secondary={
          <Button color="secondary" disabled={!isDirty || state.busy} onClick={() => state.form.reset()}>
            Discard changes
          </Button>
        }
      />
      {conflict}
    </>
  )
}

const fieldsOf = ({ name, description, policy }: Role): RoleFields => ({ name, description, policy })
