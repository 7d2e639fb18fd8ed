import { describe, expect, it } from 'vitest'
import { Resources } from './resources.ts'

const resource = (name: string, closed: string[], fail = false) => ({
  name,
  async [Symbol.asyncDispose]() {
    closed.push(name)
    if (fail) throw new Error(`${name} would not close`)
  },
})

describe('Resources', () => {
  it('opens each once and closes them in reverse order', async () => {
    const closed: string[] = []
    const resources = new Resources()
    let opened = 0
    const open = () => resources.open('model', async () => resource(`model ${++opened}`, closed))
    expect((await Promise.all([open(), open(), open()])).map(({ name }) => name)).toEqual(Array(3).fill('model 1'))
    await resources.open('store', async () => resource('store', closed))
    await resources[Symbol.asyncDispose]()
    expect(closed).toEqual(['store', 'model 1'])
  })

  it('tries again after a failed opening', async () => {
    const resources = new Resources()
    await expect(resources.open('store', () => Promise.reject(new Error('down')))).rejects.toThrow('down')
    expect((await resources.open('store', async () => resource('store', []))).name).toBe('store')
  })

  it('closes the others although one fails to close, and tells of it', async () => {
    const closed: string[] = []
    const resources = new Resources()
    await resources.open('a', async () => resource('a', closed))
    await resources.open('b', async () => resource('b', closed, true))
    await expect(resources[Symbol.asyncDispose]()).rejects.toThrow('b would not close')
    expect(closed).toEqual(['b', 'a'])
  })
})
