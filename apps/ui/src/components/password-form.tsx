'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import { answerOf, api } from '@/client/api'
import { FormTextField } from './form/fields'
import { useProblemForm } from './form/use-problem-form'
import { ProblemAlert } from './problem-alert'

type PasswordFormProps = {
  readonly currentLabel: string
  readonly action: string
  readonly onChanged: () => Promise<unknown> | unknown
}

const RULE = '12 to 128 characters'

/** Changes the own password. */
export function PasswordForm({ currentLabel, action, onChanged }: PasswordFormProps) {
  const { form, submit, error, busy } = useProblemForm({
    defaultValues: { currentPassword: '', newPassword: '', repeated: '' },
    onSubmit: async ({ currentPassword, newPassword, repeated }): Promise<void> => {
      if (newPassword !== repeated) return form.setError('repeated', { message: 'is not the same as the new password' })
      await answerOf(api.POST('/auth/password', { body: { currentPassword, newPassword } }))
      form.reset()
      await onChanged()
    },
  })
  const { control } = form
  return (
    <Box component="form" onSubmit={submit} noValidate sx={{ display: 'grid', gap: 2 }}>
      <ProblemAlert error={error} shownFields={['currentPassword', 'newPassword']} />
      <FormTextField
        control={control}
        name="currentPassword"
        label={currentLabel}
        type="password"
        autoComplete="current-password"
        required
      />
      <FormTextField
        control={control}
        name="newPassword"
        label="New password"
        type="password"
        autoComplete="new-password"
        helperText={RULE}
        required
      />
      <FormTextField
        control={control}
        name="repeated"
        label="New password once more"
        type="password"
        autoComplete="new-password"
        required
      />
      <Button type="submit" variant="contained" loading={busy}>
        {action}
      </Button>
    </Box>
  )
}
