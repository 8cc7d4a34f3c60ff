'use client'

import { useEffect, useRef, useState } from 'react'
import { type Draft, draftOf, forgetDraft, keepDraft } from './drafts'

/** What was typed on a page before and not saved; what is typed now is kept for the next time. */
export function useDraft(page: string): Draft | undefined {
  const [draft] = useState(() => draftOf(page))
  return draft
}

/** Keeps what is not saved when the page goes; undefined: there is nothing to keep. */
export function useKeptDraft(page: string, draft: Draft | undefined): void {
  const latest = useRef(draft)
  latest.current = draft
  useEffect(() => {
    forgetDraft(page)
    return () => {
      if (latest.current) keepDraft(page, latest.current)
    }
  }, [page])
}
