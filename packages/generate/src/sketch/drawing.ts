import { AFLOAT, AIRBORNE, CAST } from './figures/cast.ts'
import { LIGHTS, type Light, lit, STORM } from './light.ts'
import type { Random } from './random.ts'
import type { Scene } from './scene.ts'
import { SETTING_PAINTERS } from './scenery/settings.ts'
import { sky, weatherOver } from './scenery/sky.ts'
import type { Scenery, Stage } from './scenery/stage.ts'
import { oval, type Placement, placed, poly, type Shape } from './shape.ts'
import type { Composition } from './vocabulary.ts'

/** The scene as shapes in pixels, from back to front, before any style. */
export interface Drawing {
  readonly width: number
  readonly height: number
  readonly sky: readonly Shape[]
  readonly back: readonly Shape[]
  readonly subject: readonly Shape[]
  readonly front: readonly Shape[]
  /** Pixels of one unit: a two-hundredth of the short side. */
  readonly unit: number
}

interface Layout {
  /** Of the frame's height. */
  readonly horizon: number
  /** Each subject: place across the frame (0–1), size (1 fills the short side), side that it looks to. */
  readonly places: readonly (readonly [across: number, size: number, flip?: boolean])[]
  /** Feet, of the frame's height. */
  readonly feet: number
}

function layoutFor(composition: Composition | undefined, random: Random): Layout {
  const side = random.chance(0.5)
  const flip = random.chance(0.5)
  switch (composition) {
    case 'centred':
      return { horizon: 0.64, places: [[0.5, 0.64, flip]], feet: 0.88 }
    case 'close-up':
      return { horizon: 0.62, places: [[0.5, 1.1, flip]], feet: 1.12 }
    case 'wide':
      return { horizon: 0.6, places: [[random.between(0.35, 0.65), 0.3, flip]], feet: 0.82 }
    case 'thirds':
      return { horizon: 0.64, places: [[side ? 0.27 : 0.73, 0.46, !side]], feet: 0.88 }
    case 'low angle':
      return { horizon: 0.86, places: [[0.5, 0.86, flip]], feet: 0.99 }
    case 'pair':
      return {
        horizon: 0.62,
        places: [
          [0.27, 0.44],
          [0.73, 0.44, true],
        ],
        feet: 0.88,
      }
    case 'round':
      return { horizon: 0.6, places: [[0.5, 0.5, flip]], feet: 0.8 }
    default:
      return { horizon: 0.63, places: [[random.between(0.42, 0.58), random.between(0.54, 0.64), flip]], feet: 0.88 }
  }
}

/** Draws the scene into a frame of that many pixels. */
export function draw(scene: Scene, size: { readonly width: number; readonly height: number }, random: Random): Drawing {
  const unit = Math.min(size.width, size.height) / 200
  const layout = layoutFor(scene.composition, random)
  const [width, height] = [size.width / unit, size.height / unit]
  const light = scene.weather === 'lightning' ? STORM : LIGHTS[scene.time]
  const stage: Stage = { width, height, horizon: height * layout.horizon, light, random }
  const scenery = SETTING_PAINTERS[scene.setting](stage)
  const backlit = scene.composition === 'silhouette'
  const behind = scenery.sky ?? sky(stage, backlit)
  const halo = backlit && scenery.sky ? [oval(light.disc, width / 2, height * 0.5, [64])] : []
  const under = (shapes: readonly Shape[], share: number) => shapes.map((shape) => lit(shape, light, share))
  const over = [
    ...(scene.weather ? weatherOver(scene.weather, stage) : []),
    ...(scene.composition === 'round' ? [roundFrame(stage)] : []),
  ]
  const scaled = (shapes: readonly Shape[]) => shapes.map((shape) => placed(shape, { x: 0, y: 0, scale: unit }))
  return {
    ...size,
    unit,
    sky: scaled([...(scenery.sky ? under(behind, 0.5) : behind), ...halo]),
    back: scaled(under(scenery.back, 1)),
    subject: scaled(subjectShapes(scene, { stage, scenery, layout })),
    front: scaled([...under(scenery.front ?? [], 1), ...over]),
  }
}

function subjectShapes(
  scene: Scene,
  { stage, scenery, layout }: { stage: Stage; scenery: Scenery; layout: Layout },
): Shape[] {
  const { subject, composition } = scene
  if (!subject) return []
  return layout.places.flatMap(([across, size, flip]) => {
    const scale = size
    const place: Placement = {
      x: stage.width * across,
      y: centre(scene, { stage, scenery, layout, scale }),
      scale,
      ...(flip && { flip }),
    }
    const shapes = CAST[subject](stage.random).map((shape) => coloured(placed(shape, place), composition, stage.light))
    const floats = scenery.weightless || AIRBORNE.has(subject) || (AFLOAT.has(subject) && scenery.water)
    const shadow = { ...oval('#141026', place.x, place.y + scale * 98, [scale * 78, scale * 9]), opacity: 0.28 }
    return floats || composition === 'close-up' ? shapes : [shadow, ...shapes]
  })
}

/** Height of the figure's middle. */
function centre(
  scene: Scene,
  { stage, scenery, layout, scale }: { stage: Stage; scenery: Scenery; layout: Layout; scale: number },
): number {
  const { subject } = scene
  const tall = stage.height
  if (scene.composition === 'close-up') return Math.max(tall * layout.feet - scale * 100, tall * 0.5)
  if (subject && AIRBORNE.has(subject)) return Math.max(tall * 0.4, scale * 100)
  if (scenery.weightless) return tall * 0.52
  const draught = subject && AFLOAT.get(subject)
  if (draught && scenery.water) return scenery.water + 4 - scale * draught
  return (scenery.ground ?? tall * layout.feet) - scale * 100
}

function coloured(shape: Shape, composition: Composition | undefined, light: Light): Shape {
  if (composition !== 'silhouette') return lit(shape, light, 0.5)
  const black = '#15121d'
  return { ...shape, ...(shape.fill && { fill: black }), ...(shape.stroke && { stroke: black }) }
}

/** A passe-partout: the whole frame but a circle. */
function roundFrame({ width, height }: Stage): Shape {
  const radius = Math.min(width, height) * 0.46
  const circle = Array.from({ length: 73 }, (_, index) => {
    const angle = (index / 72) * 2 * Math.PI
    return [width / 2 + Math.sin(angle) * radius, height / 2 - Math.cos(angle) * radius]
  }).flat()
  return poly('#f6f1e6', [
    width / 2,
    -5,
    -5,
    -5,
    -5,
    height + 5,
    width + 5,
    height + 5,
    width + 5,
    -5,
    width / 2,
    -5,
    ...circle,
  ])
}
