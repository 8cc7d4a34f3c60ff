import type { AiResource } from '@/client/queries'
import type { ResourceValues } from './resource-form'

/** What was typed and not saved, with the state that it began from; undefined of a new resource. */
export type Draft = { readonly base: AiResource | undefined; readonly values: ResourceValues }

const drafts = new Map<string, Draft>()

/** Keeps what is typed on a page that is left by a way that can not ask, e.g. the browser's back, until the tab is closed. */
export const keepDraft = (page: string, draft: Draft) => drafts.set(page, draft)

export const draftOf = (page: string) => drafts.get(page)

export const forgetDraft = (page: string) => drafts.delete(page)
