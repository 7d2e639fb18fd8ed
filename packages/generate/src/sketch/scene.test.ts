import { describe, expect, test } from 'vitest'
import { interpret } from './interpretation.ts'
import { randomFor } from './random.ts'
import { type Scene, sceneFor } from './scene.ts'
import { SETTINGS, STYLES, SUBJECTS, type Subject, TIMES } from './vocabulary.ts'

const sceneOf = (prompt: string, negative = '', key = 'scene'): Scene =>
  sceneFor(interpret(prompt), interpret(negative), randomFor(key))

describe('what the prompt names', () => {
  test.each<[string, Partial<Scene>, string]>([
    ['a fox', { subject: 'fox' }, 'one subject'],
    ['a fox and an owl', { subject: 'fox' }, 'the first of two'],
    ['an owl and a fox', { subject: 'owl' }, 'the first of two, the other way round'],
    ['castle in the forest by the sea', { subject: 'castle', setting: 'forest' }, 'the first setting'],
    ['watercolour and ink of a ship', { style: 'watercolour', subject: 'ship' }, 'the first style'],
    ['red and blue balloon', { palette: 'crimson', subject: 'balloon' }, 'the first palette'],
    ['night, then dawn', { time: 'night' }, 'the first hour'],
    ['rain and fog', { weather: 'rain' }, 'the first weather'],
    ['close-up, symmetrical', { composition: 'close-up' }, 'the first composition'],
  ])('%j gives %j: %s', (prompt, expected) => {
    expect(sceneOf(prompt)).toMatchObject(expected)
  })
})

describe('what the negative prompt names', () => {
  test.each<[string, string, Partial<Scene>, string]>([
    ['a fox and an owl', 'fox', { subject: 'owl' }, 'the next one takes its place'],
    ['oil painting, ink', 'oil painting', { style: 'ink' }, 'also for styles'],
    ['oil painting', 'oil on canvas', { style: 'illustration' }, 'other words for the same concept count'],
    ['a fox in the snow', 'snow', { subject: 'fox', setting: 'forest' }, 'then the subject is where it lives'],
    ['night', 'winter', { time: 'night' }, 'other concepts stay'],
  ])('%j without %j gives %j: %s', (prompt, negative, expected) => {
    expect(sceneOf(prompt, negative)).toMatchObject(expected)
  })

  test.each(['subject', 'weather', 'palette', 'composition'] as const)('may leave no %s at all', (kind) => {
    const words = { subject: 'fox', weather: 'rain', palette: 'sepia', composition: 'close-up' }[kind]
    expect(sceneOf(words, words)).not.toHaveProperty(kind)
  })
})

describe('what nobody names', () => {
  test.each<[Subject, Scene['setting']]>([
    ['whale', 'sea'],
    ['ship', 'sea'],
    ['lighthouse', 'sea'],
    ['fish', 'underwater'],
    ['octopus', 'underwater'],
    ['penguin', 'snow'],
    ['snowman', 'snow'],
    ['cactus', 'desert'],
    ['pyramid', 'desert'],
    ['giraffe', 'desert'],
    ['astronaut', 'moonscape'],
    ['rocket', 'space'],
    ['skyscraper', 'city'],
    ['car', 'city'],
    ['owl', 'forest'],
    ['deer', 'forest'],
    ['elephant', 'jungle'],
    ['pagoda', 'garden'],
    ['turtle', 'beach'],
  ])('%s is at home in %s', (subject, setting) => {
    for (const key of ['a', 'b', 'c']) expect(sceneOf(SUBJECTS[subject][0], '', key).setting).toBe(setting)
  })

  test('subjects that live anywhere stand in a studio, on hills or in a meadow', () => {
    const settings = new Set(Array.from({ length: 40 }, (_, seed) => sceneOf('teapot', '', `${seed}`).setting))
    expect([...settings].sort()).toEqual(['hills', 'meadow', 'studio'])
  })

  test('a prompt without any known word is hills by day, in the painter’s own style', () => {
    const scene = sceneOf('zzz')
    expect(scene).toEqual({ setting: 'hills', time: expect.stringMatching(/^(noon|dawn)$/), style: 'illustration' })
  })

  test.each([
    ['rain', 'overcast'],
    ['fog', 'overcast'],
    ['lightning', 'overcast'],
    ['rain at night', 'night'],
    ['sunny day with rain', 'noon'],
  ])('%j falls from a sky that is %s', (prompt, time) => {
    expect(sceneOf(`fox, ${prompt}`).time).toBe(time)
  })

  test('it is mostly noon, sometimes dawn, and never night by itself', () => {
    const times = Array.from({ length: 60 }, (_, seed) => sceneOf('fox', '', `${seed}`).time)
    const noons = times.filter((time) => time === 'noon').length
    expect(new Set(times)).toEqual(new Set(['noon', 'dawn']))
    expect(noons).toBeGreaterThan(30)
  })
})

describe('the scene of any prompt', () => {
  test('always has a setting, an hour and a style that can be painted', () => {
    for (const prompt of ['', '!!!', '傑作', 'fox fox fox', 'a'.repeat(5000)]) {
      const { setting, time, style } = sceneOf(prompt)
      expect([setting in SETTINGS, time in TIMES, style in STYLES]).toEqual([true, true, true])
    }
  })

  test('takes the same numbers whatever it finds, so that a word changes only what it means', () => {
    const after = (prompt: string) => {
      const random = randomFor('same')
      sceneFor(interpret(prompt), interpret(''), random)
      return random.next()
    }
    const prompts = ['', 'fox', 'fox, night, rain, sepia, close-up, ink', 'teapot']
    expect(new Set(prompts.map(after)).size).toBe(1)
  })
})
