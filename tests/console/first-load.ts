import type { Page } from '@playwright/test'

/** Goes to a page with an empty cache; answers how many bytes of script, as they were sent, came before its load event. */
export async function firstLoad(page: Page, path: string): Promise<number> {
  const protocol = await page.context().newCDPSession(page)
  await protocol.send('Network.enable')
  await protocol.send('Network.setCacheDisabled', { cacheDisabled: true })
  const scripts = new Set<string>()
  let bytes = 0
  protocol.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId)
  })
  protocol.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  await page.goto(path, { waitUntil: 'load' })
  const loaded = bytes
  await protocol.detach()
  return loaded
}
