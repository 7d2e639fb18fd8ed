import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cleanText } from './text-cleaning.ts'

interface Golden {
  readonly ftfy: string
  readonly cases: readonly { readonly kind: string; readonly text: string; readonly clean: string }[]
}

const { ftfy, cases } = JSON.parse(
  await readFile(join(import.meta.dirname, '../golden/text-cleaning.json'), 'utf8'),
) as Golden

/** Text of which a part alone is garbled: ftfy guesses, we don't. */
const GUESS = 'a guess that is not made here'

test.each([...new Set(cases.map(({ kind }) => kind))].filter((kind) => kind !== GUESS))(
  `%s: cleaned as ftfy ${ftfy} and the reference do it`,
  (kind) => {
    for (const { text, clean } of cases.filter((one) => one.kind === kind)) {
      expect(cleanText(text), JSON.stringify(text)).toBe(clean)
    }
  },
)

test('what the reference guesses and we do not is left as it is', () => {
  const guesses = cases.filter(({ kind }) => kind === GUESS)
  expect(guesses.map(({ text }) => cleanText(text))).toEqual(guesses.map(({ text }) => text.toLowerCase()))
  expect(guesses.filter(({ text, clean }) => cleanText(text) !== clean)).toHaveLength(1)
})

test('the golden file has what it is for', () => {
  expect(cases.length).toBeGreaterThan(90)
  expect(cases.filter(({ text, clean }) => text !== clean).length).toBeGreaterThan(60)
})
