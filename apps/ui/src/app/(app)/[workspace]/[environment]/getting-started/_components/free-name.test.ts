import { describe, expect, it } from 'vitest'
import { createNamed, freeName, nameOfModel } from './free-name.ts'

describe('a free name', () => {
  it('is the wanted one, else with the first number that nobody has', () => {
    expect(freeName('demo', [])).toBe('demo')
    expect(freeName('demo', ['Demo', 'demo-2', 'demo-4'])).toBe('demo-3')
  })

  it('is never longer than names may be', () => {
    const long = 'x'.repeat(64)
    expect(freeName(long, [long])).toBe(`${'x'.repeat(62)}-2`)
  })

  it('is made of what a model is called', () => {
    expect(nameOfModel('gpt-5-mini')).toBe('gpt-5-mini')
    expect(nameOfModel('meta-llama/Llama 3: large')).toBe('Llama-3-large')
    expect(nameOfModel('模型')).toBe('model')
    expect(nameOfModel('m'.repeat(100))).toHaveLength(64)
  })

  it('is found where the list of names was old', async () => {
    const there = ['demo', 'demo-2']
    const create = async (name: string) => {
      if (there.includes(name)) throw new Error('taken')
      return name
    }
    const isTaken = (error: unknown) => error instanceof Error && error.message === 'taken'
    expect(await createNamed('demo', [], create, isTaken)).toBe('demo-3')
  })

  it('is not looked for when something else is wrong', async () => {
    let tries = 0
    const create = async () => {
      tries += 1
      throw new Error('permission')
    }
    await expect(createNamed('demo', [], create, () => false)).rejects.toThrow('permission')
    expect(tries).toBe(1)
  })
})
