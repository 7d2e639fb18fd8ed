import { describe, expect, it } from 'vitest'
import { refineText } from './refine-text.ts'

const offline = { kind: 'offline', label: 'offline refiner (no language model)' } as const
const variant = { prompt: 'a cat, detailed', reason: 'More of it.', neighbours: ['n1', 'n2'] }
const base = { refiner: offline, variants: [variant], usage: null, repaired: false, neighbours: [] }

describe('improved prompts on a terminal', () => {
  it('name who made them, why, and from what', () => {
    const neighbours = [{ id: 'n1', prompt: 'x', similarity: 1 }]
    expect(refineText({ ...base, neighbours })).toBe(
      [
        'By offline refiner (no language model), from 1 similar prompts:',
        '',
        '1  a cat, detailed',
        '   More of it.',
        '   Draws on n1, n2.',
      ].join('\n'),
    )
  })

  it('say what they cost, and that it is estimated', () => {
    const usage = { calls: 1, inputTokens: 120, outputTokens: 34, cost: 0.001234, estimated: true }
    expect(refineText({ ...base, usage })).toMatch(/Used 120 and 34 tokens \(estimated\), cost 0\.00123\.$/)
    expect(refineText({ ...base, usage: { ...usage, cost: null, estimated: false } })).toMatch(/34 tokens\.$/)
  })

  it('say that an answer was repaired, and that nothing was found', () => {
    expect(refineText({ ...base, repaired: true })).toContain('malformed')
    expect(refineText({ ...base, variants: [] })).toContain('Nothing was found')
  })

  it('let no prompt steer the terminal', () => {
    const hostile = { ...variant, prompt: '\u001b[2Jgone', neighbours: ['\u001b]0;title\u0007'] }
    expect(refineText({ ...base, variants: [hostile] })).not.toContain('\u001b')
  })
})
