import { describe, expect, it } from 'vitest'
import { turnText } from './turn-text.ts'

const turn = {
  asked: 'a castle',
  prompt: 'a castle, detailed',
  reason: 'Adds what similar prompts use.',
  refiner: { label: 'offline refiner (no language model)', standIn: true },
  painter: { label: 'a sketch, a stand-in for Stable Diffusion', standIn: true },
  refined: 'r-1',
  picture: 'g-1',
  searchable: true,
  note: 'In the collection.',
}
const hits = (...ids: string[]) => ids.map((id) => ({ id }))

describe('a turn of the loop', () => {
  it('is told with who made what, and that they are stand-ins', () => {
    const text = turnText(turn, hits('g-1', 'r-1', 'other'))
    for (const part of ['"a castle"', 'a castle, detailed', 'no language model', 'stand-in', 'r-1', 'g-1'])
      expect(text).toContain(part)
    expect(text).toMatch(/found again +yes, at rank 1 and rank 2 /)
  })

  it.each([
    ['says at which ranks it is found', { hits: hits('x', 'g-1') }, /found again +yes, at rank 2 of/],
    ['says so where it is not found', { hits: hits('x', 'y') }, /found again +no$/m],
    [
      'says why it is not in the search yet',
      { hits: [], searchable: false, note: 'In the inbox.' },
      /found again +In the inbox\./,
    ],
  ])('%s', (_, { hits, ...more }, expected) => expect(turnText({ ...turn, ...more }, hits)).toMatch(expected))

  it('shows no control characters of a model or a prompt', () => {
    const text = turnText({ ...turn, prompt: 'a\u001b[2Jcat', reason: 'two\nlines' }, [])
    expect(text).not.toContain('\u001b')
    expect(text.split('\n')).toHaveLength(7)
  })
})
