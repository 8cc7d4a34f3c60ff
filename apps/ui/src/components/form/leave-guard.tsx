'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { ConfirmDialog } from '../confirm-dialog'
import { guardLeaving } from './leaving'
import { useLeaveWarning } from './use-problem-form'

type LeaveGuardProps = {
  /** Whether there is something that is not saved. */
  readonly active: boolean
  /** The person gives it up. */
  readonly onLeave: () => void
}

/** Asks before a link leads away from what is not saved; where the browser itself leaves the page, it asks. */
export function LeaveGuard({ active, onLeave }: LeaveGuardProps) {
  const router = useRouter()
  const [to, setTo] = useState<string>()
  useLeaveWarning(active)
  useEffect(() => {
    if (!active) return
    const hold = (event: MouseEvent) => {
      const away = addressAway(event)
      if (away === undefined) return
      // The link goes nowhere then, but what it stands in, e.g. a menu, still closes.
      event.preventDefault()
      setTo(away)
    }
    // Before the link itself hears of it.
    document.addEventListener('click', hold, true)
    const forget = guardLeaving(setTo)
    // Back and forward; a browser that does not tell of them leaves the page.
    const travel = (event: NavigateEvent) => {
      if (event.navigationType !== 'traverse' || !event.cancelable) return
      const { pathname, search } = new URL(event.destination.url)
      if (pathname === window.location.pathname) return
      event.preventDefault()
      setTo(`${pathname}${search}`)
    }
    window.navigation?.addEventListener('navigate', travel)
    return () => {
      window.navigation?.removeEventListener('navigate', travel)
      document.removeEventListener('click', hold, true)
      forget()
    }
  }, [active])
  if (to === undefined) return null
  return (
    <ConfirmDialog
      title="Leave without saving?"
      action="Leave"
      onConfirm={async () => {
        onLeave()
        router.push(to)
      }}
      onClose={() => setTo(undefined)}
    >
      What you changed on this page is not saved. It is lost if you leave.
    </ConfirmDialog>
  )
}

/** Where a click leads in this tab of the browser, if it is another page of the console. */
function addressAway(event: MouseEvent): string | undefined {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link?.href || link.target === '_blank' || link.hasAttribute('download')) return undefined
  const url = new URL(link.href)
  if (url.origin !== window.location.origin || url.pathname === window.location.pathname) return undefined
  return `${url.pathname}${url.search}`
}
