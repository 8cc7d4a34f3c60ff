'use client'

import Button, { type ButtonProps } from '@mui/material/Button'
import Tooltip from '@mui/material/Tooltip'

/** A button that stays where it is and says why it can't be used: it can be reached by keyboard to read that. */
export function PermittedButton({ reason, ...props }: ButtonProps & { readonly reason: string | undefined }) {
  if (reason === undefined) return <Button {...props} />
  const { onClick: _, href: __, type: ___, ...rest } = props
  return (
    <Tooltip title={reason} describeChild enterTouchDelay={0}>
      <Button {...rest} aria-disabled sx={{ opacity: 0.5, cursor: 'not-allowed', ...props.sx }} />
    </Tooltip>
  )
}
