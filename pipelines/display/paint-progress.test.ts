import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { paintProgress } from './paint-progress.ts'

function shown(terminal: boolean, fractions: readonly (number | null)[]): string {
  const stream = new PassThrough()
  Object.assign(stream, { isTTY: terminal, cursorTo: () => true, clearLine: () => true, moveCursor: () => true })
  const progress = paintProgress(stream as unknown as NodeJS.WriteStream)
  for (const fraction of fractions) progress.show({ fraction, state: `at ${fraction}` })
  progress.end()
  return String(stream.read() ?? '')
}

describe('how far a painter is', () => {
  it('is a line for each tenth where nobody watches', () => {
    const fractions = [null, 0.01, 0.02, 0.1, 0.15, 0.5, 1]
    expect(shown(false, fractions)).toBe('0 %: at null\n10 %: at 0.1\n50 %: at 0.5\n100 %: at 1\n')
  })

  it('is a bar on a terminal', () => {
    expect(shown(true, [0.5])).toContain('50 %  at 0.5')
  })

  it('is nothing where nothing is told', () => {
    expect(shown(false, [])).toBe('')
  })
})
