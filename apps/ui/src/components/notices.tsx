'use client'

import Alert from '@mui/material/Alert'
import Snackbar from '@mui/material/Snackbar'
import { useInterface } from '@/stores/interface-store'

/** Says shortly what was done, one after the other. */
export function Notices() {
  const [notice] = useInterface((state) => state.notices)
  const dismiss = useInterface((state) => state.dismiss)
  if (!notice) return null
  const close = () => dismiss(notice.id)
  return (
    <Snackbar
      key={notice.id}
      open
      autoHideDuration={5000}
      onClose={(_, reason) => reason === 'clickaway' || close()}
      anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
    >
      <Alert severity={notice.severity} variant="filled" onClose={close}>
        {notice.text}
      </Alert>
    </Snackbar>
  )
}
