'use client'

import Box from '@mui/material/Box'
import FormHelperText from '@mui/material/FormHelperText'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { TargetPicker } from '@/components/target-picker'
import { BalanceEditor } from './balance-editor'
import type { RuleAction } from './routing-rule'
import { type ActionKind, actionOfKind, kindOfAction } from './rule-actions'
import { useRule } from './rule-context'
import { SplitEditor } from './split-editor'

type ActionEditorProps = { readonly then: RuleAction; readonly onChange: (then: RuleAction) => void }

const KINDS: readonly { readonly kind: ActionKind; readonly label: string; readonly helps: string }[] = [
  { kind: 'target', label: 'Go to a target', helps: 'Then, if it fails, to the fallbacks of the resource.' },
  { kind: 'split', label: 'Split by weight', helps: 'Each request goes to one of the targets.' },
  {
    kind: 'balance',
    label: 'Balance',
    helps: 'All targets in an order that depends on how they do; then the fallbacks.',
  },
  { kind: 'block', label: 'Refuse', helps: 'The caller gets 403 with this message; no provider is asked.' },
]

/** What a rule does with a request. */
export function ActionEditor({ then, onChange }: ActionEditorProps) {
  const { connections, disabled, primary, errorOf } = useRule()
  const kind = kindOfAction(then)
  const error = errorOf(['then'])
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <TextField
        select
        label="Action"
        value={kind}
        onChange={(event) => onChange(actionOfKind(event.target.value as ActionKind, then, primary))}
        disabled={disabled}
        helperText={KINDS.find((each) => each.kind === kind)?.helps}
        sx={{ maxWidth: 480 }}
      >
        {KINDS.map(({ kind: value, label }) => (
          <MenuItem key={value} value={value}>
            {label}
          </MenuItem>
        ))}
      </TextField>
      {'target' in then && (
        <TargetPicker
          label="Target"
          value={then.target}
          onChange={(target) => onChange({ target })}
          connections={connections}
          error={errorOf(['then', 'target'], 'connectionId', 'model')}
          disabled={disabled}
        />
      )}
      {'split' in then && <SplitEditor action={then} onChange={onChange} />}
      {'balance' in then && <BalanceEditor action={then} onChange={onChange} />}
      {'block' in then && <BlockEditor message={then.block} onChange={(block) => onChange({ block })} />}
      {error && <FormHelperText error>{error}</FormHelperText>}
    </Box>
  )
}

function BlockEditor({ message, onChange }: { message: string; onChange: (message: string) => void }) {
  const { disabled, errorOf } = useRule()
  const error = errorOf(['then', 'block'])
  return (
    <TextField
      label="Message to the caller"
      value={message}
      onChange={(event) => onChange(event.target.value)}
      multiline
      disabled={disabled}
      error={error !== undefined}
      helperText={error ?? `${message.length} of at most 500 characters`}
      slotProps={{ htmlInput: { maxLength: 500 } }}
    />
  )
}
