import { once } from 'node:events'
import { vi } from 'vitest'
import type { RunningProduct } from '../start-product.ts'

/** Looks into the memory of a product that was started with `--inspect=127.0.0.1:0`. */
export async function memoryOf(product: RunningProduct) {
  const url = await vi.waitFor(() => {
    const found = /Debugger listening on (ws:\S+)/.exec(product.stderr())?.[1]
    if (found === undefined) throw new Error('The inspector does not listen yet')
    return found
  })
  const socket = new WebSocket(url)
  await once(socket, 'open')
  let ids = 0
  const send = async (method: string): Promise<{ usedSize: number; backingStorageSize?: number }> => {
    const id = ++ids
    const answer = new Promise<{ usedSize: number; backingStorageSize?: number }>((resolve) => {
      const take = ({ data }: MessageEvent) => {
        const message = JSON.parse(String(data))
        if (message.id !== id) return
        socket.removeEventListener('message', take)
        resolve(message.result)
      }
      socket.addEventListener('message', take)
    })
    socket.send(JSON.stringify({ id, method }))
    return answer
  }
  return {
    /** What is still in use after a full collection, buffers included. */
    async heapBytes(): Promise<number> {
      await send('HeapProfiler.collectGarbage')
      const { usedSize, backingStorageSize = 0 } = await send('Runtime.getHeapUsage')
      return usedSize + backingStorageSize
    },
    close: () => socket.close(),
  }
}
