'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Typography from '@mui/material/Typography'
import { useId, useState } from 'react'
import type { AiConnection } from '@/client/queries'
import { LimitUse } from '@/components/limit-use'
import { AmountField } from '@/components/limits-amount'
import { LimitsEditor } from '@/components/limits-editor'
import { LimitsSummary } from '@/components/limits-summary'

export type ModelSettings = AiConnection['models'][string]

type ModelSettingsCardProps = {
  readonly connectionId: string
  readonly model: string
  readonly settings: ModelSettings
  readonly isAllowed: boolean
  readonly disabled: boolean
  /** By the path below the model; of all of it: the empty text. */
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (settings: ModelSettings) => void
  readonly onRemove: () => void
}

/** The settings of one model. */
export function ModelSettingsCard(props: ModelSettingsCardProps) {
  const { connectionId, model, settings, isAllowed, disabled, errors, onChange, onRemove } = props
  const isEmpty = settings.contextTokens === null && settings.maxOutputTokens === null && settings.capacity.length === 0
  const [open, setOpen] = useState(isEmpty && settings.maxConcurrent === null)
  const id = useId()
  const isWrong = Object.keys(errors).length > 0
  const shown = open || isWrong
  return (
    <Box
      role="group"
      aria-label={`Settings of ${model}`}
      sx={{ border: 1, borderColor: isWrong ? 'error.main' : 'divider', borderRadius: 1, p: 1.5 }}
    >
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        <Box sx={{ flexGrow: 1, minWidth: 0 }}>
          <Box component="code" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
            {model}
          </Box>{' '}
          {!isAllowed && <Chip label="not allowed" color="warning" variant="outlined" />}
          <Typography variant="body2" component="div" sx={{ color: 'text.secondary' }}>
            <LimitsSummary capacity={settings.capacity} maxConcurrent={settings.maxConcurrent} />
          </Typography>
        </Box>
        <Button color="secondary" aria-expanded={shown} aria-controls={id} onClick={() => setOpen(!shown)}>
          {shown ? 'Close' : disabled ? 'Show' : 'Edit'}
        </Button>
        <Button color="error" disabled={disabled} onClick={onRemove} aria-label={`Remove the settings of ${model}`}>
          Remove
        </Button>
      </Box>
      {errors[''] && (
        <Typography role="alert" variant="body2" sx={{ color: 'error.main' }}>
          {errors['']}
        </Typography>
      )}
      <Box id={id} hidden={!shown} sx={{ display: shown ? 'grid' : 'none', gap: 2, mt: 2 }}>
        {shown && (
          <>
            <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' }, maxWidth: 560 }}>
              <AmountField
                label="Context, in tokens"
                placeholder="not known"
                value={settings.contextTokens ?? undefined}
                error={errors.contextTokens}
                disabled={disabled}
                onChange={(amount) => onChange({ ...settings, contextTokens: amount ?? null })}
              />
              <AmountField
                label="Longest answer, in tokens"
                placeholder="not known"
                value={settings.maxOutputTokens ?? undefined}
                error={errors.maxOutputTokens}
                disabled={disabled}
                onChange={(amount) => onChange({ ...settings, maxOutputTokens: amount ?? null })}
              />
            </Box>
            <LimitsEditor
              value={settings}
              errors={errors}
              disabled={disabled}
              onChange={(limits) => onChange({ ...settings, ...limits })}
            />
            <LimitUse kind="ai-connection" id={connectionId} model={model} empty="No limit of this model counts now." />
          </>
        )}
      </Box>
    </Box>
  )
}
