import { describe, expect, test } from 'vitest'
import { judge, judgeVariant } from './answer.ts'
import { VariantStream } from './variant-stream.ts'

const EXPECTED = { variants: 1, ids: new Set(['a']) }
const VARIANT = { prompt: ' p ', reason: 'r', neighbours: ['a'] }
const text = (value: unknown) => JSON.stringify(value)

describe('an answer', () => {
  test('is read from plain or fenced JSON, trimmed', () => {
    const read = [{ prompt: 'p', reason: 'r', neighbours: ['a'] }]
    expect(judge(text({ variants: [VARIANT] }), EXPECTED)).toEqual({ variants: read })
    expect(judge(`\n\`\`\`json\n${text({ variants: [VARIANT] })}\n\`\`\`\n`, EXPECTED)).toEqual({ variants: read })
  })

  test.each([
    ['prose', 'Sure! Here you go', 'it is not one JSON object'],
    ['nothing', '', 'it is not one JSON object'],
    ['another shape', text([VARIANT]), 'it: '],
    ['a missing reason', text({ variants: [{ ...VARIANT, reason: undefined }] }), 'variants.0.reason'],
    ['an empty prompt', text({ variants: [{ ...VARIANT, prompt: ' ' }] }), 'variants.0.prompt: is empty'],
    ['an endless prompt', text({ variants: [{ ...VARIANT, prompt: 'x'.repeat(2001) }] }), 'longer than 2000'],
    ['ids that are numbers', text({ variants: [{ ...VARIANT, neighbours: [1] }] }), 'variants.0.neighbours.0'],
    ['a made-up id', text({ variants: [{ ...VARIANT, neighbours: ['b'] }] }), '"b" is not an id'],
    ['too few variants', text({ variants: [] }), '0 variants where exactly 1'],
    ['a prototype in disguise', '{"__proto__": {"variants": []}}', 'variants: '],
    ['deep nesting', '['.repeat(200_000), 'it is not one JSON object'],
  ])('is refused for %s', (_, answer, problem) => {
    expect(judge(answer, EXPECTED).problems?.join('\n')).toContain(problem)
  })

  test('is refused when two variants are the same but for case and spaces', () => {
    const twice = text({ variants: [VARIANT, { ...VARIANT, prompt: 'P' }] })
    expect(judge(twice, { ...EXPECTED, variants: 2 }).problems).toEqual([
      'variants.1.prompt: is the same as variants.0.prompt',
    ])
  })
})

describe('a stream of variants', () => {
  const whole =
    '{"x": "[{", "variants": [ {"prompt": "a } \\" {", "neighbours": []}, {"o": {"p": [{}]}} ], "y": [{"z": 1}]}'

  test.each([1, 2, 5, 1000])('is cut into whole objects, %i characters at a time', (size) => {
    const stream = new VariantStream()
    const pieces = whole.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
    const objects = pieces.flatMap((piece) => stream.push(piece)).map((json) => JSON.parse(json))
    expect(objects.slice(0, 2)).toEqual([{ prompt: 'a } " {', neighbours: [] }, { o: { p: [{}] } }])
  })

  test('shows only variants that hold by themselves', () => {
    expect(judgeVariant(text(VARIANT), EXPECTED)).toEqual({ prompt: 'p', reason: 'r', neighbours: ['a'] })
    expect(judgeVariant(text({ ...VARIANT, neighbours: ['b'] }), EXPECTED)).toBeNull()
    expect(judgeVariant('{"prompt": 1}', EXPECTED)).toBeNull()
    expect(judgeVariant('{', EXPECTED)).toBeNull()
  })
})
