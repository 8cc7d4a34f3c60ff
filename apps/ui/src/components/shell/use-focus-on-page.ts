'use client'

import { usePathname } from 'next/navigation'
import { useEffect, useRef } from 'react'

/** Where the control that led to another page is gone with its own page, the focus goes to the content of the new one. */
export function useFocusOnPage(): void {
  const pathname = usePathname()
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    if (document.activeElement === document.body) document.getElementById('content')?.focus({ preventScroll: true })
  }, [pathname])
}
