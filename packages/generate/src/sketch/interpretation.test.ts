import { expect, test } from 'vitest'
import { interpret } from './interpretation.ts'
import { KINDS } from './vocabulary.ts'

test('finds each kind of concept, and names the words it does not know', () => {
  const { concepts, understood, unknown } = interpret('Oil painting of two FOXES in the snow, at night, 8k, wibbly')
  expect(concepts).toEqual({
    subject: ['fox'],
    setting: ['snow'],
    time: ['night'],
    weather: [],
    palette: [],
    composition: ['pair'],
    style: ['oil'],
  })
  expect(understood).toEqual(['oil painting', 'two', 'foxes', 'snow', 'night'])
  expect(unknown).toEqual(['8k', 'wibbly'])
})

test.each([
  ['hot air balloon', 'balloon'],
  ['a red fox', 'fox'],
  ['wolves', undefined],
  ['berries and cacti', 'cactus'],
  ['japanese temple', 'pagoda'],
  ['lighthouses', 'lighthouse'],
])('reads %j as the subject %s', (prompt, subject) => {
  expect(interpret(prompt).concepts.subject[0]).toBe(subject)
})

test('the longest phrase wins over the words in it', () => {
  expect(interpret('red fox').concepts.palette).toEqual([])
  expect(interpret('red, fox').concepts.palette).toEqual(['crimson'])
  expect(interpret('teal and orange').understood).toEqual(['teal and orange'])
})

test('an empty prompt and one of other scripts are read without complaint', () => {
  expect(interpret('')).toMatchObject({ understood: [], unknown: [] })
  expect(interpret('傑作, très joli').unknown).toEqual(['傑作', 'très', 'joli'])
})

test('every phrase of the vocabulary is understood as its own concept, also in the plural', () => {
  for (const [kind, entries] of Object.entries(KINDS)) {
    for (const [concept, phrases] of Object.entries(entries)) {
      for (const phrase of phrases) {
        expect([phrase, interpret(phrase).concepts[kind as keyof typeof KINDS]]).toEqual([phrase, [concept]])
      }
    }
  }
})
