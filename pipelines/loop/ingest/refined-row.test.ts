import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inboxRowSchema } from '../../feedback/inbox-row.ts'
import { lineRow, refinedLineSchema, refinedRow } from './refined-row.ts'
import { LONGEST_PROMPT, promptFault, type Verdict } from './verdict.ts'

const whole = {
  ...{ prompt: 'a cat, oil on canvas', asked: 'a cat', parents: ['cat'], reason: 'a medium' },
  ...{ refiner: 'gpt-4o', source_site: 'mine', scores: { clip: 0.3 } },
}
const rowOf = (verdict: Verdict) => ('items' in verdict ? verdict.items[0]?.row : undefined)
const line = (value: unknown) => lineRow(typeof value === 'string' ? value : JSON.stringify(value), 'more.jsonl')

describe('a line of improved prompts', () => {
  it('becomes one row, with all that is said of it', () => {
    const row = rowOf(line(whole))
    expect(row).toMatchObject({
      ...{ prompt: whole.prompt, origin: 'refined', source_site: 'mine', parents: ['cat'] },
      lineage: {
        ...{ file: 'more.jsonl', asked: 'a cat', reason: 'a medium', scores: { clip: 0.3 } },
        refiner: { kind: 'llm', label: 'gpt-4o', standIn: false },
      },
    })
  })

  it('may say who improved it in full, a stand-in among them', () => {
    const refiner = { kind: 'offline', label: 'rules', standIn: true }
    expect(rowOf(line({ ...whole, refiner }))?.lineage?.refiner).toEqual(refiner)
  })

  it('may have nothing but the prompt', () => {
    expect(rowOf(line({ prompt: 'a cat' }))).toMatchObject({
      parents: [],
      source_site: '',
      lineage: { file: 'more.jsonl' },
    })
  })

  it.each<[string, unknown, string, string]>([
    ['no JSON', '{"prompt": "a', 'malformed', 'it is no JSON'],
    ['a number for a prompt', { prompt: 5 }, 'malformed', 'prompt: Invalid input: expected string, received number'],
    ['an unknown key', { prompt: 'a', mood: 'good' }, 'malformed', 'Unrecognized key: "mood"'],
    ['a prompt of blanks', { prompt: ' \t ' }, 'empty_prompt', 'the prompt is empty'],
    [
      'too long a prompt',
      { prompt: 'x'.repeat(20_001) },
      'too_long',
      'the prompt has 20001 characters; 20000 are kept at most',
    ],
  ])('with %s is no row, and says why', (_, value, outcome, reason) => {
    expect(line(value)).toEqual({ outcome, reason })
  })

  it('an empty question is as good as none', () => {
    expect(rowOf(line({ prompt: 'a', asked: '' }))?.lineage).not.toHaveProperty('asked')
    expect(rowOf(line({ prompt: 'a', asked: ' ' }))?.lineage).toMatchObject({ asked: ' ' })
  })

  it('whatever it says, makes a row that the inbox takes, or is refused with a reason', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constant(''),
      fc.constant('x'.repeat(LONGEST_PROMPT)),
    )
    const any = fc.record(
      {
        ...{ prompt: text, asked: text, reason: text, source_site: fc.string({ maxLength: 200 }) },
        parents: fc.array(fc.string({ minLength: 1, maxLength: 500 }), { maxLength: 4 }),
        refiner: fc.string({ minLength: 1, maxLength: 500 }),
        scores: fc.dictionary(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })),
      },
      { requiredKeys: ['prompt'] },
    )
    fc.assert(
      fc.property(any, (value) => {
        const verdict = refinedRow(refinedLineSchema.parse(value), 'any.jsonl')
        if ('items' in verdict) {
          const created = new Date(0).toISOString()
          expect(inboxRowSchema.safeParse({ ...verdict.items[0]?.row, created }).error).toBeUndefined()
        } else expect(verdict.reason).toMatch(/\w/)
      }),
    )
  })

  it('of any text at all is a verdict, never an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        const verdict = lineRow(text, 'any.jsonl')
        expect('items' in verdict || verdict.reason.length > 0).toBe(true)
      }),
    )
  })
})

describe('a prompt', () => {
  it.each<[string, string, string | undefined]>([
    ['of one character', 'a', undefined],
    ['of as many as are kept', 'x'.repeat(LONGEST_PROMPT), undefined],
    ['of one more', 'x'.repeat(LONGEST_PROMPT + 1), 'too_long'],
    ['of none', '', 'empty_prompt'],
    ['of blanks that are no spaces', '\u00a0\u3000\n', 'empty_prompt'],
  ])('%s', (_, prompt, outcome) => expect(promptFault(prompt)?.outcome).toBe(outcome))
})
