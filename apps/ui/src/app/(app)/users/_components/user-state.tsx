import Chip from '@mui/material/Chip'
import type { User } from '@/client/people-queries'

/** Whether somebody can sign in. */
export function UserState({ state }: { state: User['state'] }) {
  const { label, color } = LOOKS[state]
  return <Chip variant="outlined" label={label} color={color} />
}

const LOOKS = {
  active: { label: 'active', color: 'success' },
  must_change_password: { label: 'must change password', color: 'warning' },
  disabled: { label: 'disabled', color: 'default' },
} as const
