import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { infotextParameters, parseInfotext } from './infotext.ts'

const SETTINGS = 'Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42'

const read = (text: string) => {
  const infotext = parseInfotext(text)
  return infotext && { ...infotextParameters(infotext), settings: infotext.settings }
}

describe('the parts of an infotext', () => {
  test.each<[string, string, string, string]>([
    [`a fox\nNegative prompt: blurry\n${SETTINGS}`, 'a fox', 'blurry', 'the usual form'],
    [`a fox\n${SETTINGS}`, 'a fox', '', 'no negative prompt'],
    [`Negative prompt: blurry\n${SETTINGS}`, '', 'blurry', 'no prompt'],
    [SETTINGS, '', '', 'settings alone'],
    [`a fox\r\nNegative prompt: blurry\r\n${SETTINGS}`, 'a fox', 'blurry', 'Windows line ends'],
    [`  a fox  \n\nNegative prompt:   blurry  \n${SETTINGS}`, 'a fox', 'blurry', 'blanks around both'],
    [`a fox\nin snow\nNegative prompt: a\nb\n${SETTINGS}`, 'a fox\nin snow', 'a\nb', 'several lines each'],
    [`a fox\nNegative prompt:\n${SETTINGS}`, 'a fox', '', 'an empty negative prompt'],
    [
      `a fox\nNegative prompt: no text\nNegative prompt: x\n${SETTINGS}`,
      'a fox',
      'no text\nNegative prompt: x',
      'the first mark counts',
    ],
    [`a fox\n${SETTINGS}\nTemplate: a {animal}`, 'a fox', '', 'an extension’s template after the settings'],
    [`Steps: 3 stones, a fox\n${SETTINGS}`, 'Steps: 3 stones, a fox', '', 'a prompt that begins like settings'],
    [`a fox\n   ${SETTINGS}`, 'a fox', '', 'settings that are indented'],
  ])('%j: prompt %j, negative prompt %j (%s)', (text, prompt, negativePrompt) => {
    expect(read(text)).toMatchObject({ prompt, negativePrompt, steps: 20, seed: '42' })
  })

  test.each([
    ['', 'nothing'],
    ['a fox', 'a prompt alone'],
    ['a fox\nNegative prompt: blurry', 'no settings'],
    ['Steps: 20', 'one setting is not enough to tell it from words'],
    ['Steps: 20, Sampler: Euler a', 'nor are two'],
    ['Steps: many, Sampler: Euler a, Seed: 1', 'steps are a number'],
    ['a fox, Steps: 20, Sampler: Euler a, Seed: 1', 'settings begin a line'],
  ])('%j is none: %s', (text) => {
    expect(parseInfotext(text)).toBeNull()
  })
})

describe('settings', () => {
  const setting = (text: string, name: string) => parseInfotext(`x\n${SETTINGS}, ${text}`)?.settings.get(name)

  test.each([
    ['Model: dream', 'Model', 'dream', 'plain'],
    ['Model:dream', 'Model', 'dream', 'without a blank'],
    ['Model: dream v1.5 (fp16)', 'Model', 'dream v1.5 (fp16)', 'blanks and brackets'],
    ['Lora hashes: "one: 1a, two: 2b"', 'Lora hashes', 'one: 1a, two: 2b', 'quoted with commas and colons'],
    ['Template: "say \\"hi\\", fox"', 'Template', 'say "hi", fox', 'quotes within quotes'],
    ['Template: "line\\nbreak"', 'Template', 'line\nbreak', 'escapes as in JSON'],
    ['Template: "broken \\x"', 'Template', '"broken \\x"', 'what is no JSON stays as it is'],
    ['Hires upscale: 2', 'Hires upscale', '2', 'names of two words'],
    ['ControlNet 0: "preprocessor: canny"', 'ControlNet 0', 'preprocessor: canny', 'names with digits'],
    ['Model: one, Model: two', 'Model', 'one', 'the first of two of one name'],
    ['Empty: , Next: 1', 'Empty', '', 'nothing'],
    ['Empty: , Next: 1', 'Next', '1', 'and what comes after it'],
  ])('%s: %s is %j (%s)', (text, name, value) => {
    expect(setting(text, name)).toBe(value)
  })

  test('come back whatever words they hold, when they are quoted as JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        // JSON escapes line breaks; a quoted setting stays in its line.
        fc.pre(value.trim() === value)
        expect(setting(`Note: ${JSON.stringify(value)}`, 'Note')).toBe(value)
      }),
    )
  })
})

describe('the parameters', () => {
  const parameters = (settings: string) => read(`x\n${settings}`)

  test.each<[string, string | null, string]>([
    ['Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, Seed: 1', 'DPM++ 2M Karras', 'the schedule of 1.9 and on'],
    ['Steps: 20, Sampler: DPM++ 2M Karras, Seed: 1', 'DPM++ 2M Karras', 'the name of before'],
    ['Steps: 20, Sampler: Euler a, Schedule type: Automatic, Seed: 1', 'Euler a', 'an automatic schedule says nothing'],
    ['Steps: 20, Schedule type: Karras, Seed: 1', null, 'no sampler, no schedule'],
  ])('%j: sampler %j (%s)', (settings, sampler) => {
    expect(parameters(settings)?.sampler).toBe(sampler)
  })

  test.each<[string, string | null, string]>([
    ['Steps: 20, Model: dream, Model hash: abc, Seed: 1', 'dream', 'the name before the hash'],
    ['Steps: 20, Model hash: abc, Seed: 1', 'abc', 'the hash where there is no name'],
    ['Steps: 20, Size: 512x512, Seed: 1', null, 'neither'],
  ])('%j: model %j (%s)', (settings, model) => {
    expect(parameters(settings)?.model).toBe(model)
  })

  test.each([
    ['Steps: 20, Seed: 18446744073709551615, CFG scale: 7', { seed: '18446744073709551615', cfg: 7 }],
    ['Steps: 20, Seed: -1, CFG scale: 7.5', { seed: '-1', cfg: 7.5 }],
    ['Steps: 20, Seed: random, CFG scale: high', { seed: null, cfg: null }],
    ['Steps: 1e2, Seed: 1, CFG scale: .5', { steps: 100, cfg: 0.5 }],
    ['Steps: 2.5, Seed: 1, CFG scale: 1', { steps: null }],
  ])('%j: %j', (settings, expected) => {
    expect(parameters(settings)).toMatchObject(expected)
  })
})

describe('any text', () => {
  test('is read or is none; nothing throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(() => read(text)).not.toThrow()
      }),
    )
  })

  test('written as prompt and negative prompt comes back', () => {
    const words = fc
      .stringMatching(/^[a-z(][a-z ,.():0-9]{0,60}$/)
      .map((text) => text.trim())
      .filter((text) => !/^(steps|negative prompt)/i.test(text))
    fc.assert(
      fc.property(words, words, (prompt, negativePrompt) => {
        expect(read(`${prompt}\nNegative prompt: ${negativePrompt}\n${SETTINGS}`)).toMatchObject({
          prompt,
          negativePrompt,
        })
      }),
    )
  })
})
