import type { components } from '@/client/schema'

/** A resource as it would be saved. */
export type ResourceDraft = components['schemas']['AiResourceInput']
