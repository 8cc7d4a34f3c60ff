import { expect, test } from 'vitest'
import { startProduct } from '../start-product.ts'

test('smoke', async () => {
  const p = await startProduct()
  console.log(p.url, p.apiKey, p.pid)
  console.log(await p.vmx('audit', 'list'))
  console.log(await p.stop(), p.stderr())
  const n = await startProduct({ by: 'npm', dataDir: p.dataDir })
  console.log(n.stdout())
  console.log(await n.stop(), n.stderr())
  expect(1).toBe(1)
})
