'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import { WAITING } from '@/chat/chat-answer.ts'
import { useAsk } from '@/chat/use-ask'
import { type Asked, messagesFor, type Parameters, requestParameters, type Turn, withAnswer } from './conversation.ts'

type Recipient = Asked & { readonly provider: string | undefined }

/** A conversation with several resources at once. It is in this page's memory only: leaving the page ends it. */
export function useConversation() {
  const ask = useAsk()
  const [turns, setTurns] = useState<readonly Turn[]>([])
  const [busy, setBusy] = useState(false)
  const abort = useRef<AbortController>(undefined)
  const lastId = useRef(0)
  const stop = useCallback(() => abort.current?.abort(), [])
  // Who leaves does not wait for answers, and their providers need not go on.
  useEffect(() => stop, [stop])
  const send = async (text: string, recipients: readonly Recipient[], parameters: Parameters) => {
    const controller = new AbortController()
    abort.current = controller
    lastId.current += 1
    const id = lastId.current
    const answers = Object.fromEntries(recipients.map((recipient) => [recipient.id, WAITING]))
    const asked = recipients.map((recipient) => ({ id: recipient.id, name: recipient.name }))
    setBusy(true)
    setTurns([...turns, { id, text, asked, answers }])
    await Promise.all(
      recipients.map(async (recipient) => {
        const answer = await ask({
          aiResourceId: recipient.id,
          messages: messagesFor(recipient.id, turns, parameters.system, text),
          stream: parameters.stream,
          parameters: requestParameters(parameters, recipient.provider),
          signal: controller.signal,
          onProgress: (progress) => setTurns((all) => withAnswer(all, id, recipient.id, progress)),
        })
        setTurns((all) => withAnswer(all, id, recipient.id, answer))
      }),
    )
    setBusy(false)
  }
  const clear = () => {
    stop()
    setTurns([])
  }
  return { turns, busy, send, stop, clear }
}
