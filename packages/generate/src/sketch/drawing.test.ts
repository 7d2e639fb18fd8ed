import { expect, test } from 'vitest'
import { draw } from './drawing.ts'
import { AFLOAT, AIRBORNE, CAST } from './figures/cast.ts'
import { randomFor } from './random.ts'
import type { Scene } from './scene.ts'
import type { Shape } from './shape.ts'
import { type COMPOSITIONS, SETTINGS, type Setting, SUBJECTS, type Subject } from './vocabulary.ts'

const frame = { width: 400, height: 400 }
const scene: Scene = { subject: 'fox', setting: 'hills', time: 'noon', style: 'poster' }
const drawn = (change: Partial<Scene>, size = frame) => draw({ ...scene, ...change }, size, randomFor('drawing'))

function bounds(shapes: readonly Shape[]) {
  const xs = shapes.flatMap(({ points }) => points.filter((_, at) => at % 2 === 0))
  const ys = shapes.flatMap(({ points }) => points.filter((_, at) => at % 2 === 1))
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) }
}

test.each(Object.keys(SUBJECTS) as Subject[])('%s fills its box, and stands on its floor if it stands', (name) => {
  for (const seed of ['a', 'b', 'c']) {
    const shapes = CAST[name](randomFor(seed))
    expect(shapes.length).toBeGreaterThan(4)
    for (const { points, fill, stroke } of shapes) {
      expect(points.length % 2).toBe(0)
      expect(points.every(Number.isFinite)).toBe(true)
      for (const colour of [fill, stroke]) if (colour) expect(colour).toMatch(/^#[0-9a-f]{6}$/)
    }
    const { top, bottom } = bounds(shapes)
    if (!AIRBORNE.has(name)) expect(bottom).toBeGreaterThan(55)
    expect(bottom).toBeLessThan(115)
    expect(top).toBeGreaterThan(-135)
    expect(bottom - top).toBeGreaterThan(80)
  }
})

test.each(Object.keys(SETTINGS) as Setting[])(
  'the subject stands within the frame in %s, whatever the shape of the frame',
  (setting) => {
    for (const size of [frame, { width: 400, height: 600 }, { width: 600, height: 400 }]) {
      const { subject, sky, back } = drawn({ setting }, size)
      const { left, right, top, bottom } = bounds(subject)
      expect(left).toBeGreaterThan(0)
      expect(right).toBeLessThan(size.width)
      expect(top).toBeGreaterThan(0)
      expect(bottom).toBeLessThan(size.height)
      expect(sky.length).toBeGreaterThan(0)
      expect(back.length).toBeGreaterThan(0)
    }
  },
)

test('compositions place and size the subject', () => {
  const width = (composition: keyof typeof COMPOSITIONS) => {
    const { left, right } = bounds(drawn({ composition }).subject)
    return right - left
  }
  expect(width('close-up')).toBeGreaterThan(width('centred'))
  expect(width('centred')).toBeGreaterThan(width('wide'))
  const { left, right } = bounds(drawn({ composition: 'thirds' }).subject)
  expect(Math.abs((left + right) / 2 - 200)).toBeGreaterThan(50)
  expect(drawn({ composition: 'pair' }).subject.length).toBe(2 * drawn({ composition: 'centred' }).subject.length)
  expect(drawn({ composition: 'round' }).front.length).toBe(drawn({ composition: 'centred' }).front.length + 1)
})

test('a silhouette has no colours of its own', () => {
  const colours = new Set(drawn({ composition: 'silhouette' }).subject.flatMap(({ fill, stroke }) => [fill, stroke]))
  colours.delete(undefined)
  expect([...colours].every((colour) => Number.parseInt((colour as string).slice(1, 3), 16) < 40)).toBe(true)
})

test('what flies is higher than what stands; what swims lies at the water', () => {
  const middle = (change: Partial<Scene>) => {
    const { top, bottom } = bounds(drawn({ composition: 'centred', ...change }).subject)
    return (top + bottom) / 2
  }
  expect(AIRBORNE.has('balloon')).toBe(true)
  expect(middle({ subject: 'balloon' })).toBeLessThan(middle({ subject: 'cottage' }))
  const { subject, front } = drawn({ subject: 'ship', setting: 'sea' })
  expect(AFLOAT.has('ship')).toBe(true)
  expect(bounds(front).top).toBeLessThan(bounds(subject).bottom)
})

test('a scene without subject is a landscape', () => {
  const { subject: _, ...landscape } = scene
  const { subject, back } = draw(landscape, frame, randomFor('x'))
  expect(subject).toEqual([])
  expect(back.length).toBeGreaterThan(0)
})

test('night darkens the land, and leaves lamps alone', () => {
  const fills = (time: Scene['time']) => drawn({ setting: 'city', time }).back.map(({ fill }) => fill)
  expect(fills('night')).toContain('#ffd66b')
  expect(fills('noon')).toContain('#ffd66b')
  expect(fills('night')[0]).not.toBe(fills('noon')[0])
})

test('drawings scale with the frame', () => {
  const one = drawn({})
  const two = drawn({}, { width: 800, height: 800 })
  expect(two.subject[3]?.points).toEqual(one.subject[3]?.points.map((value) => expect.closeTo(value * 2, 6)))
})
