import { aiResource } from '@vm-x/contract'
import type { z } from 'zod'
import { contractResolver } from '@/components/form/contract-resolver'
import type { ResourceValues } from './resource-form'

const kept = aiResource.omit({
  id: true,
  origin: true,
  createdAt: true,
  updatedAt: true,
  createdBy: true,
  updatedBy: true,
  version: true,
})

// The form holds every field: what may be absent in a request has its default already.
export const resourceResolver = contractResolver(kept as z.ZodType<unknown, ResourceValues>)
