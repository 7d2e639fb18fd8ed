// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest'
import type { MapPoints } from '../api/map-points.ts'
import { WHOLE } from './map-camera.ts'
import type { Colouring } from './map-colours.ts'
import { drawOverlay, type OverlayFrame } from './overlay.ts'
import { createPointPainter } from './point-painter.ts'
import type { ThumbnailStore } from './thumbnail-store.ts'

const SCREEN = { width: 400, height: 300 }
const POINTS: MapPoints = {
  x: Float32Array.of(-0.5, 0, 0.5),
  y: Float32Array.of(0, 0, 0),
  width: new Uint16Array(3),
  height: new Uint16Array(3),
  cluster: Uint16Array.of(1, 0, 1),
  source: new Uint16Array(3),
  ids: ['a', 'b', 'c'],
}
const COLOURS: Colouring = {
  of: POINTS.cluster,
  legend: [
    { label: 'ink', colour: [255, 0, 0], points: 1 },
    { label: 'oil', colour: [0, 0, 255], points: 2 },
  ],
}

/** What was drawn, in order: the call and the style at that moment. */
let drawn: { call: string; args: unknown[]; fill: string; alpha: number }[]

/** A canvas without pixels: it writes down what it is told. */
function canvas(): HTMLCanvasElement {
  const styles: Record<string, unknown> = { fillStyle: '', globalAlpha: 1 }
  const context = new Proxy(styles, {
    get: (_, name: string) => {
      if (name in styles) return styles[name]
      if (name === 'measureText') return (text: string) => ({ width: text.length * 7 })
      return (...args: unknown[]) =>
        drawn.push({ call: name, args, fill: String(styles.fillStyle), alpha: Number(styles.globalAlpha) })
    },
    set: (_, name: string, value) => {
      styles[name] = value
      return true
    },
  })
  const element = document.createElement('canvas')
  element.getContext = ((kind: string) => (kind === '2d' ? context : null)) as typeof element.getContext
  return element
}

beforeEach(() => {
  drawn = []
})
const calls = (name: string) => drawn.filter(({ call }) => call === name)

describe('points without a graphics card', () => {
  const frame = { camera: WHOLE, screen: SCREEN, size: 4, chosen: undefined }

  it('are drawn at their places in their colours, those of a colour together', () => {
    const painter = createPointPainter(canvas(), POINTS)
    painter.setColours(COLOURS)
    painter.draw(frame)
    const points = calls('fillRect')
    expect(points.map(({ args: [left] }) => left)).toEqual([198, 129, 267])
    expect(points.map(({ fill }) => fill.slice(0, 12))).toEqual(['rgb(255 0 0 ', 'rgb(0 0 255 ', 'rgb(0 0 255 '])
  })

  it('stand back where another group is chosen', () => {
    const painter = createPointPainter(canvas(), POINTS)
    painter.setColours(COLOURS)
    painter.draw({ ...frame, chosen: 0 })
    expect(calls('fillRect').map(({ fill }) => fill.split('/ ')[1])).toEqual(['0.85)', '0.12)', '0.12)'])
  })

  it('out of sight are not drawn', () => {
    const painter = createPointPainter(canvas(), POINTS)
    painter.setColours(COLOURS)
    painter.draw({ ...frame, camera: { x: 0.5, y: 0, zoom: 20 } })
    expect(calls('fillRect')).toHaveLength(1)
  })
})

describe('what lies over the points', () => {
  const wanted: (readonly string[])[] = []
  const picture = { width: 100, height: 50 } as ImageBitmap
  const store = {
    want: (ids: readonly string[]) => void wanted.push(ids),
    get: (id: string) => (id === 'a' ? picture : undefined),
  } as unknown as ThumbnailStore
  const draw = (more: Partial<OverlayFrame>) => {
    const frame = { camera: WHOLE, screen: SCREEN, thumbnails: [], labels: [], marked: undefined, chosen: undefined }
    drawOverlay({ canvas: canvas(), points: POINTS, store, colouring: COLOURS }, { ...frame, ...more })
  }

  it('are the pictures that are there, in their shape; the others are asked for', () => {
    const thumbnails = [0, 1].map((at) => ({ at, x: 100 + at, y: 50, size: 44 }))
    draw({ thumbnails })
    expect(wanted.at(-1)).toEqual(['a', 'b'])
    const [image, ...more] = calls('drawImage')
    expect(more).toEqual([])
    expect(image?.args.slice(1)).toEqual([80, 40, 40, 20])
    // Its edge has the colour of its group.
    expect(calls('fillRect')[0]?.fill).toBe('rgb(0 0 255)')
  })

  it('are fainter where another group is chosen', () => {
    draw({ thumbnails: [{ at: 0, x: 100, y: 50, size: 44 }], chosen: 0 })
    expect(calls('drawImage')[0]?.alpha).toBe(0.2)
  })

  it('are names that cover no other, the first ones first, moved inside where they would be cut', () => {
    draw({
      labels: [
        { text: 'first', x: 0, y: 0 },
        { text: 'covered', x: 0.01, y: 0 },
        { text: 'far', x: 5, y: 0 },
        { text: 'at the very edge', x: 1.4, y: 0.5 },
      ],
    })
    const names = calls('fillText')
    expect(names.map(({ args: [text] }) => text)).toEqual(['first', 'at the very edge'])
    const x = Number(names[1]?.args[1])
    expect(x + ('at the very edge'.length * 7) / 2).toBeLessThanOrEqual(SCREEN.width)
  })

  it('is a ring around the point that is marked', () => {
    draw({ marked: 1 })
    expect(calls('arc')[0]?.args.slice(0, 2)).toEqual([200, 150])
  })
})
