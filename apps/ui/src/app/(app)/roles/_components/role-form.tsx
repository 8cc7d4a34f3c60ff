'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import { type PolicyDocument, roleInput } from '@vm-x/contract'
import { type ReactNode, useMemo, useState } from 'react'
import type { Resolver } from 'react-hook-form'
import { isProblem } from '@/client/problem'
import { contractResolver } from '@/components/form/contract-resolver'
import { FormTextField } from '@/components/form/fields'
import type { useProblemForm } from '@/components/form/use-problem-form'
import { ProblemAlert } from '@/components/problem-alert'
import { Section } from '@/components/section'
import { useSession } from '@/session/use-session'
import { DraftAccess } from './draft-access'
import { KNOWN_PERMISSIONS } from './draft-rows'
import { PolicyEditor } from './policy-editor'
import { type PolicyFault, policyFaults, refusedPatterns } from './policy-faults'

export type RoleFields = { name: string; description: string; policy: PolicyDocument }

/** For `useProblemForm`: the patterns are looked at beside it, where they stand. */
// The contract takes an effect in any case, the form has one of the two.
export const roleResolver = contractResolver(roleInput.required()) as unknown as Resolver<RoleFields>

type RoleFormProps = Pick<ReturnType<typeof useProblemForm<RoleFields>>, 'form' | 'submit' | 'error' | 'busy'> & {
  readonly action: string
  /** Beside the button that saves. */
  readonly secondary?: ReactNode
}

/** Name, description and policy of a role, with what the policy would allow. */
export function RoleForm({ form, submit, error, busy, action, secondary }: RoleFormProps) {
  const session = useSession()
  const [unreadable, setUnreadable] = useState(false)
  const [refused, setRefused] = useState<{ error: unknown; policy: PolicyDocument }>()
  const policy = form.watch('policy')
  // What the API has said is about the policy that it was sent.
  if (error !== refused?.error) setRefused({ error, policy })
  const answered = refused?.policy === policy && isProblem(error) ? refusedPatterns(error.errors) : []
  const own = useMemo(() => session?.roles.map((role) => role.policy) ?? [], [session])
  const found = useMemo(() => policyFaults(policy, { known: KNOWN_PERMISSIONS, own }), [policy, own])
  const { submitCount } = form.formState
  const faults = [...found.filter((fault) => submitCount > 0 || !isMissing(policy, fault)), ...answered]
  const exceeds = faults.some(({ kind }) => kind === 'exceeds') || isProblem(error, 'grant_exceeds_own')
  const shown = isProblem(error) ? error.errors.map(({ path }) => path) : []
  return (
    <>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!unreadable) void submit(event)
        }}
      >
        <ProblemAlert error={error} shownFields={shown} />
        <Section title="Name">
          <Box sx={{ display: 'grid', gap: 2, maxWidth: 560 }}>
            <FormTextField
              control={form.control}
              name="name"
              label="Name"
              required
              helperText="Letters, digits, dots, dashes and underscores"
            />
            <FormTextField control={form.control} name="description" label="Description" multiline maxRows={4} />
          </Box>
        </Section>
        <Section
          title="Policy"
          description="What no statement allows is not allowed, and a deny overrides every allow. Order does not matter."
        >
          {exceeds && (
            <Alert severity="warning" variant="outlined" sx={{ mb: 2 }}>
              Nobody can grant what they do not have: the patterns that are marked permit more than your own roles do.
              Somebody whose roles do can save this role.
            </Alert>
          )}
          <PolicyEditor
            value={policy}
            onChange={(next) => form.setValue('policy', next, { shouldDirty: true })}
            faults={faults}
            unreadable={unreadable}
            onUnreadable={setUnreadable}
          />
        </Section>
        <Box sx={{ display: 'flex', gap: 1, mb: 3, flexWrap: 'wrap' }}>
          <Button type="submit" variant="contained" loading={busy} disabled={unreadable}>
            {action}
          </Button>
          {secondary}
        </Box>
      </form>
      <Section
        title="What this role would allow"
        description="By itself, as it stands above. In a workspace it takes a membership as well, where it says so ownership."
      >
        <DraftAccess policy={policy} />
      </Section>
    </>
  )
}

/** What is only yet to be filled in is not held against anybody before they save. */
const isMissing = ({ statements }: PolicyDocument, { path: [, index, side, position] }: PolicyFault): boolean => {
  const statement = statements[Number(index)]
  if (!statement || (side !== 'actions' && side !== 'resources')) return false
  return position === undefined ? statement[side].length === 0 : statement[side][Number(position)] === ''
}
