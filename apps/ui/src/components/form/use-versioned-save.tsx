'use client'

import { type ReactNode, useState } from 'react'
import { isProblem } from '@/client/problem'
import { changedFields } from './changed-fields'
import { ConflictDialog } from './conflict-dialog'

type Tracked = { readonly version: number; readonly updatedAt: string }

type Options<Item extends Tracked, Patch extends object> = {
  /** As it was when the form began. */
  readonly base: Item
  /** Sends a change of that version. */
  readonly save: (patch: Patch, version: number) => Promise<Item>
  /** As it is now. */
  readonly current: () => Promise<Item>
  readonly onSaved: (item: Item) => void
  /** The person gives their changes up for what is there now. */
  readonly onTaken: (item: Item) => void
  /** What people call a field, e.g. `Time limits` for `timeouts`. */
  readonly labels?: Readonly<Record<string, string>>
}

/**
 * Saves only what was changed, and where somebody else was faster shows both changes beside each other: nothing typed is
 * lost, nothing is overwritten unseen.
 *
 * @example const { save, conflict } = useVersionedSave({ base: resource, … }); … {conflict}
 */
export function useVersionedSave<Item extends Tracked, Patch extends object>(options: Options<Item, Patch>) {
  const { base, labels = {} } = options
  const [met, setMet] = useState<{ patch: Patch; theirs: Item }>()

  /** Rejects with what stopped it, but for a lost update: then the dialog opens. Answers whether it was saved. */
  const save = async (values: Patch): Promise<boolean> => {
    const patch = changedFields(base, values)
    if (Object.keys(patch).length === 0) {
      options.onSaved(base)
      return true
    }
    return send(patch, base.version)
  }

  const send = async (patch: Patch, version: number): Promise<boolean> => {
    try {
      options.onSaved(await options.save(patch, version))
      setMet(undefined)
      return true
    } catch (error) {
      if (!isProblem(error, 'version_mismatch')) throw error
      setMet({ patch, theirs: await options.current() })
      return false
    }
  }

  const conflict: ReactNode = met && (
    <ConflictDialog
      base={base}
      mine={met.patch}
      theirs={met.theirs}
      labels={labels}
      onKeepMine={() => send(met.patch, met.theirs.version)}
      onTakeTheirs={() => {
        setMet(undefined)
        options.onTaken(met.theirs)
      }}
      onClose={() => setMet(undefined)}
    />
  )
  return { save, conflict }
}
