import { describe, expect, test } from 'vitest'
import { coldStarts } from './cold-start.ts'

describe('starts from cold', () => {
  test('take their time each, on the clock and of the processor', async () => {
    const starts = await coldStarts(['--version'], 2)
    expect(starts).toHaveLength(2)
    for (const { wall, processor } of starts) {
      expect(wall).toBeGreaterThan(10)
      if (process.platform === 'linux') expect(processor).toBeGreaterThan(10)
      else expect(processor).toBeUndefined()
    }
  })

  test('fail with what the program said', async () => {
    await expect(coldStarts(['no-such-command'], 3)).rejects.toThrow(/"promptloom no-such-command" ended with 2: .+/)
  })
})
