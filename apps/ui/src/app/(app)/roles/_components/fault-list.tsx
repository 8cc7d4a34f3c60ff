import FormHelperText from '@mui/material/FormHelperText'

type FaultListProps = { readonly faults: readonly { readonly pattern: string; readonly message: string }[] }

/** What is wrong with which pattern of a field. */
export function FaultList({ faults }: FaultListProps) {
  return (
    <div aria-live="polite">
      {faults.map(({ pattern, message }) => (
        <FormHelperText key={`${pattern} ${message}`} error sx={{ mx: 1.75, overflowWrap: 'anywhere' }}>
          {message.startsWith(pattern) ? message : `${pattern || 'An empty pattern'} ${message}`}
        </FormHelperText>
      ))}
    </div>
  )
}
