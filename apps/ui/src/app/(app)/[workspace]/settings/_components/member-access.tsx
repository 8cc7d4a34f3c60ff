'use client'

import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Typography from '@mui/material/Typography'
import { UserAccess } from '@/components/access/user-access'
import type { Member } from './members'

type MemberAccessProps = { readonly workspaceId: string; readonly member: Member; readonly onClose: () => void }

/** What a member may do in the workspace, and by which statement. */
export function MemberAccess({ workspaceId, member, onClose }: MemberAccessProps) {
  return (
    <Dialog open onClose={onClose} maxWidth="lg" aria-labelledby="member-access">
      <DialogTitle id="member-access">What {member.name} may do here</DialogTitle>
      <DialogContent>
        <Typography sx={{ color: 'text.secondary', mb: 2 }}>
          They are {member.membership === 'owner' ? 'an owner' : 'a member'}. Both the role and the membership must
          allow what they do.
        </Typography>
        <UserAccess userId={member.userId} workspaceId={workspaceId} />
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  )
}
