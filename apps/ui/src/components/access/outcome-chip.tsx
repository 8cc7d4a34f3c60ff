import BlockIcon from '@mui/icons-material/Block'
import CheckIcon from '@mui/icons-material/Check'
import RemoveIcon from '@mui/icons-material/Remove'
import Chip from '@mui/material/Chip'
import type { Outcome } from './access-rows'

/** What comes of an action, by word, colour and sign. */
export function OutcomeChip({ outcome }: { outcome: Outcome }) {
  const { label, color, Icon } = LOOKS[outcome]
  return <Chip variant="outlined" label={label} color={color} icon={<Icon />} />
}

const LOOKS = {
  allowed: { label: 'Allowed', color: 'success', Icon: CheckIcon },
  denied: { label: 'Denied', color: 'error', Icon: BlockIcon },
  'not-allowed': { label: 'Not allowed', color: 'default', Icon: RemoveIcon },
  'no-member': { label: 'Not a member', color: 'warning', Icon: RemoveIcon },
  'no-owner': { label: 'Not an owner', color: 'warning', Icon: RemoveIcon },
  disabled: { label: 'Disabled', color: 'warning', Icon: BlockIcon },
} as const
