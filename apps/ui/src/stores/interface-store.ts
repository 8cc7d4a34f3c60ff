'use client'

import { create } from 'zustand'
import { persist } from 'zustand/middleware'

type Notice = { readonly id: number; readonly text: string; readonly severity: 'success' | 'info' | 'error' }

type InterfaceState = {
  /** Where the person was last: the start page goes there again. */
  readonly lastPlace: { readonly workspaceId: string; readonly environmentId: string } | undefined
  readonly paletteOpen: boolean
  readonly drawerOpen: boolean
  readonly notices: readonly Notice[]
  visit(place: { workspaceId: string; environmentId: string }): void
  /** A workspace is left, or gone: nobody is led there again. */
  forget(workspaceId: string): void
  openPalette(open: boolean): void
  openDrawer(open: boolean): void
  /** Says shortly that something was done; what failed is said where it was asked for. */
  notify(text: string, severity?: Notice['severity']): void
  dismiss(id: number): void
}

let notices = 0

/** What the interface remembers: never data of the API. Only the last place outlives the page. */
export const useInterface = create<InterfaceState>()(
  persist(
    (set) => ({
      lastPlace: undefined,
      paletteOpen: false,
      drawerOpen: false,
      notices: [],
      visit: (lastPlace) => set({ lastPlace }),
      forget: (workspaceId) =>
        set(({ lastPlace }) => (lastPlace?.workspaceId === workspaceId ? { lastPlace: undefined } : {})),
      openPalette: (paletteOpen) => set({ paletteOpen }),
      openDrawer: (drawerOpen) => set({ drawerOpen }),
      notify: (text, severity = 'success') => {
        notices += 1
        const notice = { id: notices, text, severity }
        set((state) => ({ notices: [...state.notices, notice] }))
      },
      dismiss: (id) => set((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) })),
    }),
    { name: 'vmx-interface', partialize: ({ lastPlace }) => ({ lastPlace }) },
  ),
)

/** The same outside of components. */
export const notify = (text: string, severity?: Notice['severity']) => useInterface.getState().notify(text, severity)
