/** A colour as `#rrggbb`, sRGB. */
export type Colour = string

/** Red, green and blue, each 0–255. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** Channels of `#rrggbb`. */
export function rgbOf(colour: Colour): Rgb {
  const value = Number.parseInt(colour.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** `#rrggbb` of channels; values outside 0–255 are cut. */
export function hexOf([red, green, blue]: Rgb): Colour {
  const byte = (value: number) => Math.max(0, Math.min(255, Math.round(value)))
  return `#${((byte(red) << 16) | (byte(green) << 8) | byte(blue)).toString(16).padStart(6, '0')}`
}

/** The colour a share of the way from one to the other, channel by channel; 0 is `from`, 1 is `to`. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const a = rgbOf(from)
  const b = rgbOf(to)
  return hexOf([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share])
}

/** Lighter for amounts above 0 (1 is white), darker below (−1 is black). */
export function shade(colour: Colour, amount: number): Colour {
  return amount >= 0 ? mix(colour, '#ffffff', amount) : mix(colour, '#000000', -amount)
}

/** Moves the colour away from grey by a factor; 0 is grey, 1 leaves it, 2 doubles its saturation. */
export function saturate(colour: Colour, factor: number): Colour {
  const rgb = rgbOf(colour)
  const grey = luminance(rgb)
  return hexOf([grey + (rgb[0] - grey) * factor, grey + (rgb[1] - grey) * factor, grey + (rgb[2] - grey) * factor])
}

/** Perceived brightness, 0–255 (Rec. 601 weights). */
export function luminance([red, green, blue]: Rgb): number {
  return red * 0.299 + green * 0.587 + blue * 0.114
}
