'use client'

import type { AuditExchange } from '@vm-x/contract'
import { useCallback, useEffect, useRef, useState } from 'react'

/** `reconnecting`: it broke off and is tried again; `ended`: the API does not take it up again by itself. */
export type TailState = 'off' | 'connecting' | 'live' | 'reconnecting' | 'ended'

/** What is kept at most: older ones are in the list of the API. */
const MOST = 1000

/** Follows exchanges as they end. `address`: none while it is off. `onOpen`: what came meanwhile is to be asked for. */
export function useLiveTail(address: string | undefined, onOpen: () => void) {
  const [state, setState] = useState<TailState>('off')
  const [arrived, setArrived] = useState<readonly AuditExchange[]>([])
  const [attempt, setAttempt] = useState(0)
  const opened = useRef(onOpen)
  opened.current = onOpen
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further attempt opens it anew
  useEffect(() => {
    if (address === undefined) return setState('off')
    setState('connecting')
    // The browser takes it up again by itself, from the last one on, unless it is refused.
    const source = new EventSource(address)
    source.onopen = () => {
      setState('live')
      opened.current()
    }
    source.onerror = () => setState(source.readyState === EventSource.CLOSED ? 'ended' : 'reconnecting')
    source.addEventListener('exchange', ({ data }: MessageEvent<string>) => {
      const exchange: AuditExchange = JSON.parse(data)
      setArrived((before) => [exchange, ...before.filter(({ id }) => id !== exchange.id)].slice(0, MOST))
    })
    return () => source.close()
  }, [address, attempt])
  const clear = useCallback(() => setArrived([]), [])
  const again = useCallback(() => setAttempt((count) => count + 1), [])
  return { state, arrived, clear, again }
}
