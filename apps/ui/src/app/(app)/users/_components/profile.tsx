'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import { useQueryClient } from '@tanstack/react-query'
import { userInput } from '@vm-x/contract'
import { answerOf, api, ifMatch } from '@/client/api'
import { peopleKey, type User, userQuery } from '@/client/people-queries'
import { sessionQuery } from '@/client/queries'
import { contractResolver } from '@/components/form/contract-resolver'
import { FormTextField } from '@/components/form/fields'
import { useBase } from '@/components/form/use-base'
import { useProblemForm } from '@/components/form/use-problem-form'
import { useVersionedSave } from '@/components/form/use-versioned-save'
import { Moment } from '@/components/moment'
import { ProblemAlert } from '@/components/problem-alert'
import { Section } from '@/components/section'
import { permissionOf, useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { DeleteUser } from './delete-user'

/** Name and address of a user, and the end of them. */
export function Profile({ user }: { user: User }) {
  const client = useQueryClient()
  const path = { userId: user.id }
  const allowed = useMay()('updateUser', path)
  const { form, submit, error, busy } = useProblemForm<Values>({
    resolver: contractResolver<Values>(userInput),
    defaultValues: valuesOf(user),
    unique: 'email',
    onSubmit: async (values): Promise<void> => {
      await save(values)
    },
  })
  const { base, rebase } = useBase(user, form, valuesOf)
  const taken = (item: User) => {
    client.setQueryData(userQuery(user.id).queryKey, item)
    rebase(item)
  }
  const { save, conflict } = useVersionedSave<User, Values>({
    base,
    save: (body, version) =>
      answerOf(api.PATCH('/users/{userId}', { params: { path, header: ifMatch(version) }, body })),
    current: () => answerOf(api.GET('/users/{userId}', { params: { path } })),
    onSaved: (saved) => {
      taken(saved)
      void client.invalidateQueries({ queryKey: peopleKey })
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
      notify('The user was saved')
    },
    onTaken: taken,
    labels: { name: 'Name', email: 'E-mail address' },
  })
  const { isDirty } = form.formState
  return (
    <>
      <Section
        title="Profile"
        description={
          <>
            Created <Moment at={user.createdAt} />, changed <Moment at={user.updatedAt} />
          </>
        }
      >
        <Box component="form" onSubmit={submit} noValidate sx={{ display: 'grid', gap: 2, maxWidth: 480 }}>
          <ProblemAlert error={error} shownFields={['name', 'email']} />
          <FormTextField
            control={form.control}
            name="name"
            label="Name"
            required
            disabled={!allowed}
            autoComplete="off"
          />
          <FormTextField
            control={form.control}
            name="email"
            label="E-mail address"
            type="email"
            required
            disabled={!allowed}
            autoComplete="off"
            helperText="They sign in with it. To change it, your own roles must allow all that theirs do"
          />
          {allowed ? (
            <Box sx={{ display: 'flex', gap: 1 }}>
              <Button type="submit" variant="contained" loading={busy} disabled={!isDirty}>
                Save
              </Button>
              <Button color="secondary" disabled={busy || !isDirty} onClick={() => form.reset()}>
                Discard changes
              </Button>
            </Box>
          ) : (
            <Box sx={{ color: 'text.secondary' }}>
              Your roles do not allow <code>{permissionOf('updateUser')}</code> on this user.
            </Box>
          )}
        </Box>
        {conflict}
      </Section>
      <DeleteUser user={user} />
    </>
  )
}

type Values = Pick<User, 'name' | 'email'>

const valuesOf = ({ name, email }: User): Values => ({ name, email })
