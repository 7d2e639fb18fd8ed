import type { Answer, Hit } from '@promptloom/search/answer'
import { describe, expect, it } from 'vitest'
import { answerText } from './answer-text.ts'

const hit: Hit = {
  ...{ rank: 1, id: 'id-1', prompt: 'a cat', url: 'https://x.example/1.png', width: 512, height: 768 },
  ...{
    source_site: 's',
    origin: 'dataset',
    parents: [],
    distance: 0.25,
    score: 4.26,
    hasPicture: false,
    thumbnail: null,
  },
  why: [{ route: 'text→prompts', rank: 1, distance: 0.25, score: 4.26, note: 'its prompt means much the same' }],
  copies: ['id-2'],
  copyCount: 1,
}
const answer: Answer = {
  ...{ find: 'prompts', hits: [hit], page: 1, k: 1, more: true, verdict: 'found', note: '1 prompt.', closest: null },
  cutoff: { state: 'calibrated', score: 3, falseAcceptRate: 0.05, missRate: 0.02, note: 'Hits score at least 3.0.' },
  model: { name: 'm', digest: 'd', standIn: null },
  warnings: ['its end was left out'],
  timings: { total: 1 },
}

describe('an answer on a terminal', () => {
  it('shows rank, score, distance, prompt, address, reasons, copies, cut-off and the next page', () => {
    const text = answerText(answer, { width: 120 })
    for (const part of ['4.3', '0.250', 'a cat', 'https://x.example/1.png', '512×768', 'means much the same']) {
      expect(text).toContain(part)
    }
    expect(text).toMatch(/and 1 near-duplicate\b/)
    expect(text).toContain('Hits score at least 3.0.')
    expect(text).toContain('--page 2')
    expect(text).toContain('Note: its end was left out')
    expect(text).not.toContain('stand-in')
  })
  it('says that a model is a stand-in, before anything else', () => {
    const text = answerText({ ...answer, model: { ...answer.model, standIn: 'CLIP' } }, { width: 80 })
    expect(text.split('\n')[0]).toBe('The model m is a stand-in for CLIP: its rankings are rough.')
  })
  it('shows the nearest row where nothing is similar enough, and no table', () => {
    const closest = { id: 'x', prompt: 'a dog', score: 1, distance: 0.7 }
    const none: Answer = {
      ...answer,
      hits: [],
      more: false,
      verdict: 'nothing_similar',
      note: 'Nothing.',
      closest,
      warnings: [],
    }
    expect(answerText(none, { width: 80 })).toBe('Nothing.\nThe nearest is: a dog\nHits score at least 3.0.')
  })
  it('lets no prompt steer the terminal', () => {
    const hostile = { ...hit, prompt: '\u001b[2Jcleared\u0007 \u009b31m', id: '\u001b]0;title\u0007' }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for exactly these
    expect(answerText({ ...answer, hits: [hostile] }, { width: 80 })).not.toMatch(/[\u001b\u0007\u009b]/)
  })
  it('shows the beginning of a text without end, and how much more there is', () => {
    const endless = { ...hit, prompt: `${'word '.repeat(200_000)}wordend`, url: `http://x/${'y'.repeat(5000)}` }
    const text = answerText({ ...answer, hits: [endless] }, { width: 120 })
    expect(text.length).toBeLessThan(20_000)
    expect(text).toMatch(/\(999,007 more/)
    expect(text).not.toContain('wordend')
  })
  it('cuts the end off no address and no text without blanks', () => {
    const [url, prompt] = [`https://x.example/${'y'.repeat(150)}/1.png?end`, `${'城'.repeat(60)}夜`]
    const text = answerText({ ...answer, hits: [{ ...hit, url, prompt }] }, { width: 100 })
    const cells = text.split('\n').map((line) => line.split('│')[4]?.trim() ?? '')
    expect(cells.join('')).toContain(url)
    expect(cells.join('')).toContain(prompt)
  })
  it('leaves out what a keyword hit does not have', () => {
    const bare = { ...hit, distance: null, score: null, width: 0, height: 0, url: '' }
    expect(answerText({ ...answer, hits: [bare] }, { width: 20 })).not.toMatch(/null|0×0/)
  })
})
