import { type Colour, mix, saturate } from './colour.ts'
import type { Shape } from './shape.ts'
import type { Time } from './vocabulary.ts'

/** The sky's colours and what the hour does to everything under it. */
export interface Light {
  readonly top: Colour
  readonly bottom: Colour
  /** Colour of the sun's or moon's disc. */
  readonly disc: Colour
  /** Height of the disc: 0 the frame's top, 1 the horizon. */
  readonly height: number
  /** Radius of the disc. */
  readonly radius: number
  readonly clouds: Colour
  /** Stars in the sky, 0–1. */
  readonly stars: number
  readonly tint: Colour
  /** Share of the tint on landscape, 0–1; subjects take half. */
  readonly strength: number
  readonly saturation: number
}

const DAY = { stars: 0, tint: '#ffffff', strength: 0, saturation: 1 }

/** The light of each hour. */
export const LIGHTS: Readonly<Record<Time, Light>> = {
  dawn: {
    ...DAY,
    top: '#8aa6d8',
    bottom: '#ffd3b8',
    disc: '#fff0cf',
    height: 0.86,
    radius: 13,
    clouds: '#ffc9b8',
    tint: '#ffb0a0',
    strength: 0.2,
  },
  noon: { ...DAY, top: '#3d8fdc', bottom: '#c4e8f8', disc: '#fff4b8', height: 0.24, radius: 12, clouds: '#ffffff' },
  sunset: {
    ...DAY,
    top: '#5a3c7e',
    bottom: '#ff9440',
    disc: '#ffd45c',
    height: 0.84,
    radius: 22,
    clouds: '#e8667a',
    tint: '#ff6a2a',
    strength: 0.2,
  },
  dusk: {
    ...DAY,
    top: '#28306e',
    bottom: '#d4859f',
    disc: '#f4efe0',
    height: 0.3,
    radius: 8,
    clouds: '#7a5a9a',
    stars: 0.25,
    tint: '#43398a',
    strength: 0.38,
  },
  night: {
    ...DAY,
    top: '#090d2b',
    bottom: '#27396f',
    disc: '#f6f3df',
    height: 0.26,
    radius: 14,
    clouds: '#2c3865',
    stars: 1,
    tint: '#0d1642',
    strength: 0.55,
  },
  overcast: {
    ...DAY,
    top: '#8b96a3',
    bottom: '#cdd2d6',
    disc: '#dfe3e6',
    height: 0.2,
    radius: 0,
    clouds: '#a9b1ba',
    tint: '#8f99a3',
    strength: 0.22,
    saturation: 0.6,
  },
}

/** A thunderstorm's light, whatever the hour. */
export const STORM: Light = {
  ...DAY,
  top: '#232842',
  bottom: '#6a7391',
  disc: '#6a7391',
  height: 0.2,
  radius: 0,
  clouds: '#3b4260',
  tint: '#2f3654',
  strength: 0.4,
}

/** Colours that shine by themselves: the hour leaves them alone. */
const LUMINOUS = new Set([
  '#ffd66b',
  '#ffe9a8',
  '#ffe36e',
  '#8ff0ff',
  '#ffd84f',
  '#f2702b',
  '#ffe79a',
  '#6ff0e6',
  '#ffeeb0',
  '#d6ff9a',
  '#fff3b8',
  '#ff8a2a',
  '#ffe9c0',
])

/** The shape as it looks in that light; `share` scales the effect, 1 for landscape. */
export function lit(shape: Shape, light: Light, share: number): Shape {
  const under = (colour: Colour) =>
    LUMINOUS.has(colour)
      ? colour
      : mix(saturate(colour, 1 - (1 - light.saturation) * share), light.tint, light.strength * share)
  return {
    ...shape,
    ...(shape.fill && { fill: under(shape.fill) }),
    ...(shape.fade && { fade: under(shape.fade) }),
    ...(shape.stroke && { stroke: under(shape.stroke) }),
  }
}
