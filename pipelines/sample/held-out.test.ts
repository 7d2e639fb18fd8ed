import { interpret } from '@promptloom/generate/sketch/interpretation'
import { randomFor } from '@promptloom/generate/sketch/random'
import { KINDS, type Kind } from '@promptloom/generate/sketch/vocabulary'
import { expect, test } from 'vitest'
import { heldOutPairs, normalised, sameScene, showsUnseenPair, unseenPairs } from './held-out.ts'
import { drawWish, writePrompt } from './prompt-writer.ts'

test('holds out enough pairs, all with subject, setting and style, and the same ones each time', () => {
  const pairs = heldOutPairs()
  expect(pairs.length).toBeGreaterThanOrEqual(500)
  expect(heldOutPairs()).toEqual(pairs)
  for (const { prompt } of pairs) {
    const { subject, setting, style } = interpret(prompt).concepts
    expect([prompt, subject.length > 0, setting.length > 0, style.length > 0]).toEqual([prompt, true, true, true])
  }
})

test('holds out combinations of subject and style, and finds them in prompts of any wording', () => {
  const unseen = unseenPairs()
  expect(unseen.size).toBe(24)
  expect(unseenPairs()).toEqual(unseen)
  const [subject = '', style = ''] = [...unseen][0]?.split('|') ?? []
  const prompt = writePrompt({ subject, style }, randomFor('any'))
  expect(showsUnseenPair(interpret(prompt), unseen)).toBe(true)
  expect(showsUnseenPair(interpret('a fox'), unseen)).toBe(false)
  expect(heldOutPairs().filter((pair) => showsUnseenPair(interpret(pair.prompt), unseen)).length).toBeGreaterThan(90)
})

test('repeats some prompts with another seed', () => {
  const pairs = heldOutPairs()
  const repeats = pairs.length - new Set(pairs.map(({ prompt }) => normalised(prompt))).size
  expect(repeats).toBeGreaterThanOrEqual(24)
  expect(new Set(pairs.map(({ prompt, seed }) => `${seed} ${prompt}`)).size).toBe(pairs.length)
})

test('prompts that differ in case, spaces and a last comma are the same', () => {
  expect(normalised(' A  Fox,\n ink, ')).toBe('a fox, ink')
})

test('wordings of one wish describe the same scene', () => {
  expect(sameScene('a kitten, ink', 'ink drawing of a cat')).toBe(true)
  expect(sameScene('a kitten, ink', 'a kitten, oil painting')).toBe(false)
})

test('prompts are understood as they were meant', () => {
  for (let index = 0; index < 300; index++) {
    const random = randomFor(`meant:${index}`)
    const wish = drawWish(random)
    const prompt = writePrompt(wish, random)
    const { concepts } = interpret(prompt)
    for (const kind of Object.keys(KINDS) as Kind[]) {
      // A prompt without subject has no place for compositions like "two".
      if (kind === 'composition' && !wish.subject) continue
      const wanted = wish[kind]
      if (wanted) expect([prompt, kind, concepts[kind]]).toEqual([prompt, kind, expect.arrayContaining([wanted])])
    }
  }
})
