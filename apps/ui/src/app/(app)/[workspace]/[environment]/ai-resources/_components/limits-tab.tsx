'use client'

import { LimitUse } from '@/components/limit-use'
import { LimitsEditor } from '@/components/limits-editor'
import { Section } from '@/components/section'
import type { TabProps } from './resource-form'

type LimitsTabProps = TabProps & { readonly resourceId: string | undefined }

export function LimitsTab({ values, set, errors, readOnly, resourceId }: LimitsTabProps) {
  return (
    <>
      <Section
        title="Limits"
        description="Of all requests to this resource, whichever key or target they use. What is over a limit is refused with 429 capacity_exceeded."
      >
        <LimitsEditor
          value={values}
          onChange={({ capacity, maxConcurrent }) => {
            set('capacity', capacity)
            set('maxConcurrent', maxConcurrent)
          }}
          errors={errors}
          disabled={readOnly}
        />
      </Section>
      {resourceId && (
        <Section title="Use now" description="Of the limits as they are saved">
          <LimitUse kind="ai-resource" id={resourceId} />
        </Section>
      )}
    </>
  )
}
