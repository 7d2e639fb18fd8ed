import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fillPlaceholders, hasPlaceholders } from './placeholder.ts'
import { VALUE_NAMES, type Values } from './workflow-value.ts'

const VALUES: Values = {
  prompt: 'a fox',
  negative_prompt: 'blurry',
  seed: 42,
  width: 512,
  height: 768,
  steps: 20,
  sampler: 'euler',
  cfg: 7.5,
  model: 'dream.safetensors',
}
const NOTHING: Values = {
  ...VALUES,
  negative_prompt: undefined,
  width: undefined,
  height: undefined,
  steps: undefined,
  sampler: undefined,
  cfg: undefined,
  model: undefined,
}

const filled = (text: string, values: Values = VALUES) =>
  (fillPlaceholders({ name: 'mine.json', json: { 1: text } }, values).graph as { 1: unknown })[1]

describe('a string', () => {
  test.each<[string, unknown, string]>([
    ['{{prompt}}', 'a fox', 'that is one placeholder becomes its value'],
    ['{{seed}}', 42, 'a number where the value is one'],
    ['{{cfg}}', 7.5, 'with its share'],
    ['{{ seed }}', 42, 'blanks within the braces do not matter'],
    ['seed {{seed}}', 'seed 42', 'with more around it stays a string'],
    ['{{width}}x{{height}}', '512x768', 'may hold several'],
    ['{{prompt}}, {{prompt}}', 'a fox, a fox', 'or one twice'],
    ['{{prompt}} {{{prompt}}}', 'a fox {a fox}', 'braces around are no part of it'],
    ['{prompt}', '{prompt}', 'with single braces holds none'],
    ['{{}}', '{{}}', 'without a name holds none'],
    ['{{Prompt}}', '{{Prompt}}', 'names are lower case'],
    ['((fox:1.2))', '((fox:1.2))', 'emphasis is none'],
  ])('%j is %j: %s', (text, expected) => {
    expect(filled(text)).toBe(expected)
  })
})

describe('a default', () => {
  test.each<[string, unknown, string]>([
    ['{{steps=30}}', 30, 'is a number where it looks like one'],
    ['{{steps= 30 }}', 30, 'blanks around it do not matter to numbers'],
    ['{{cfg=4.5}}', 4.5, 'with a share'],
    ['{{sampler=euler_ancestral}}', 'euler_ancestral', 'or a text'],
    ['{{model=}}', '', 'may be empty'],
    ['{{model=a = b}}', 'a = b', 'may hold the sign itself'],
    ['{{negative_prompt=low quality, blurry}}', 'low quality, blurry', 'and commas'],
    ['steps {{steps=30}}', 'steps 30', 'within a string'],
  ])('%j is %j: it %s', (text, expected) => {
    expect(filled(text, NOTHING)).toBe(expected)
  })

  test.each(['{{steps=30}}', '{{sampler=dpm}}', '{{model=x}}', '{{cfg=1}}'])('%j gives way to the request', (text) => {
    const name = text.slice(2, text.indexOf('=')) as keyof Values
    expect(filled(text)).toBe(VALUES[name])
  })

  test('is needed where the request leaves the value open', () => {
    expect(() => filled('{{steps}}', NOTHING)).toThrow(
      'The workflow mine.json needs the steps; give one, or write a default into it: {{steps=…}}.',
    )
  })

  test('is not needed for the negative prompt: none is an empty one', () => {
    expect(filled('{{negative_prompt}}', NOTHING)).toBe('')
  })
})

describe('a name', () => {
  test.each(VALUE_NAMES)('%s is known', (name) => {
    expect(filled(`{{${name}}}`)).toBe(VALUES[name])
    expect(hasPlaceholders({ 1: `{{${name}}}` })).toBe(true)
  })

  test('that is not known is named with those that are', () => {
    expect(() => filled('{{promt}} {{prompt}}')).toThrow(
      'The workflow mine.json has the unknown placeholder {{promt}}; known are prompt, negative_prompt, seed,',
    )
  })

  test('that is not known makes no placeholder by itself: the file may mean something else by it', () => {
    expect(hasPlaceholders({ 1: '{{character}}' })).toBe(false)
    expect(hasPlaceholders({ 1: { 2: ['{{steps=3}}'] } })).toBe(true)
    expect(hasPlaceholders({ '{{prompt}}': 'as a key' })).toBe(true)
  })
})

describe('a workflow', () => {
  const workflow = {
    name: 'mine.json',
    json: { 1: { inputs: { text: '{{prompt}}', list: ['{{seed}}', 5, null, true] } }, 2: 'plain' },
  }

  test('is filled at any depth, and whatever is no string stays', () => {
    expect(fillPlaceholders(workflow, VALUES).graph).toEqual({
      1: { inputs: { text: 'a fox', list: [42, 5, null, true] } },
      2: 'plain',
    })
  })

  test('itself is not changed', () => {
    const before = structuredClone(workflow)
    fillPlaceholders(workflow, VALUES)
    expect(workflow).toEqual(before)
  })

  test('says what was set', () => {
    expect([...fillPlaceholders(workflow, VALUES).set].sort()).toEqual(['prompt', 'seed'])
  })
})

describe('any prompt', () => {
  test('is put in as it is, whatever it looks like: it is never read as a placeholder', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (prompt) => {
        for (const words of [prompt, `${prompt}{{seed}}`, `$&${prompt}$1`]) {
          expect(filled('{{prompt}}', { ...VALUES, prompt: words })).toBe(words)
          expect(filled('say: {{prompt}}!', { ...VALUES, prompt: words })).toBe(`say: ${words}!`)
        }
      }),
    )
  })
})
