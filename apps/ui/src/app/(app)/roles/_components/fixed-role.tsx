'use client'

import Alert from '@mui/material/Alert'
import Typography from '@mui/material/Typography'
import type { Role } from '@/client/people-queries'
import { Section } from '@/components/section'
import { permissionOf } from '@/session/use-permission'
import { DraftAccess } from './draft-access'
import { PolicyView } from './policy-view'

/** A role that can't be changed, by anybody or by who looks at it. */
export function FixedRole({ role }: { role: Role }) {
  return (
    <>
      <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
        {role.builtIn ? (
          'This role comes with the product and stays as it is. Duplicate it to have one that you can change.'
        ) : (
          <>
            You may look at this role. To change it your roles would have to allow{' '}
            <code>{permissionOf('updateRole')}</code>.
          </>
        )}
      </Alert>
      {role.description && <Typography sx={{ mb: 2 }}>{role.description}</Typography>}
      <Section title="Policy">
        <PolicyView policy={role.policy} />
      </Section>
      <Section
        title="What this role allows"
        description="By itself. In a workspace it takes a membership as well, where it says so ownership."
      >
        <DraftAccess policy={role.policy} />
      </Section>
    </>
  )
}
