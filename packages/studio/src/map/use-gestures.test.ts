// @vitest-environment happy-dom
import { h, render } from 'preact'
import { useRef } from 'preact/hooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Camera, type Place, WHOLE } from './map-camera.ts'
import { type GestureTarget, useGestures } from './use-gestures.ts'

const SCREEN = { width: 800, height: 600 }
let root: HTMLElement
let node: HTMLElement
let camera: Camera
let hovered: (Place | undefined)[]
let taps: Place[]

function Pad() {
  const element = useRef<HTMLDivElement>(null)
  const target = useRef<GestureTarget>({
    camera: () => camera,
    screen: () => SCREEN,
    onCamera: (next) => {
      camera = next
    },
    onHover: (at) => hovered.push(at),
    onTap: (at) => taps.push(at),
  })
  useGestures(element, target)
  return h('div', { ref: element })
}

beforeEach(async () => {
  camera = WHOLE
  hovered = []
  taps = []
  root = document.body.appendChild(document.createElement('div'))
  render(h(Pad, {}), root)
  node = root.firstElementChild as HTMLElement
  node.setPointerCapture = () => undefined
  // Effects come after the frame.
  await new Promise((resolve) => setTimeout(resolve, 50))
})
afterEach(() => {
  render(null, root)
  root.remove()
})

const pointer = (type: string, x: number, y: number, more: PointerEventInit = {}) =>
  node.dispatchEvent(
    new PointerEvent(type, { clientX: x, clientY: y, button: 0, pointerId: 1, pointerType: 'mouse', ...more }),
  )

describe('a hand on the map', () => {
  it('drags it along', () => {
    pointer('pointerdown', 100, 100)
    pointer('pointermove', 150, 100)
    pointer('pointermove', 200, 80)
    pointer('pointerup', 200, 80)
    expect(camera.x).toBeLessThan(0)
    expect(camera.y).toBeLessThan(0)
    expect(taps).toEqual([])
  })

  it('taps when it hardly moves', () => {
    pointer('pointerdown', 100, 100)
    pointer('pointermove', 102, 101)
    pointer('pointerup', 102, 101)
    expect(camera).toEqual(WHOLE)
    expect(taps).toEqual([{ x: 102, y: 101 }])
  })

  it('does nothing with the other buttons, or when the press is taken away', () => {
    pointer('pointerdown', 100, 100, { button: 2 })
    pointer('pointerup', 100, 100, { button: 2 })
    pointer('pointerdown', 100, 100)
    pointer('pointercancel', 100, 100)
    expect(taps).toEqual([])
  })

  it('points at things, and at nothing when it leaves', () => {
    pointer('pointermove', 30, 40)
    pointer('pointerleave', 0, 0)
    expect(hovered).toEqual([{ x: 30, y: 40 }, undefined])
  })
})

describe('two fingers', () => {
  it('zoom in as they part, and out as they meet', () => {
    const touch = { pointerType: 'touch' }
    pointer('pointerdown', 380, 300, { ...touch, pointerId: 1 })
    pointer('pointerdown', 420, 300, { ...touch, pointerId: 2 })
    pointer('pointermove', 340, 300, { ...touch, pointerId: 1 })
    expect(camera.zoom).toBeCloseTo(2, 5)
    pointer('pointermove', 380, 300, { ...touch, pointerId: 1 })
    expect(camera.zoom).toBeCloseTo(1, 5)
    pointer('pointerup', 380, 300, { ...touch, pointerId: 1 })
    pointer('pointerup', 420, 300, { ...touch, pointerId: 2 })
    expect(taps).toEqual([])
  })
})

describe('the wheel', () => {
  const wheel = (deltaY: number, more: WheelEventInit = {}) => {
    const event = new WheelEvent('wheel', { deltaY, cancelable: true, ...more })
    // The simulated window's wheel knows no place.
    Object.defineProperties(event, { clientX: { value: 400 }, clientY: { value: 300 } })
    node.dispatchEvent(event)
    return event
  }

  it('zooms around the pointer, and does not scroll the page', () => {
    expect(wheel(-100).defaultPrevented).toBe(true)
    expect(camera.zoom).toBeCloseTo(1.25, 5)
    expect(camera.x).toBeCloseTo(0, 9)
    wheel(100)
    expect(camera.zoom).toBeCloseTo(1, 5)
  })

  it('counts lines as lines, pinches on a trackpad for more, and never too much at once', () => {
    wheel(-3, { deltaMode: 1 })
    const lines = camera.zoom
    expect(lines).toBeGreaterThan(1.2)
    wheel(-1e9)
    expect(camera.zoom / lines).toBeCloseTo(1.25 ** 3, 5)
  })
})
