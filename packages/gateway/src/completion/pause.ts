import type { CancelSignal } from '../cancel.ts'

/** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
export const pause = (ms: number, signal: CancelSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
