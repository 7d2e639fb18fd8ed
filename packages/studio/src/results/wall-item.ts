import type { Hit } from '@promptloom/search/answer'

/** What a wall shows of a row: a hit, or a row that nobody asked for. */
export type WallItem = Pick<Hit, 'id' | 'prompt' | 'width' | 'height' | 'source_site' | 'origin' | 'hasPicture'> &
  Partial<Pick<Hit, 'score' | 'distance' | 'copyCount' | 'why'>>

/** Painters that stand in for a painting model, by the name that their rows carry as `source_site`. */
const STAND_INS: Readonly<Record<string, string>> = {
  sketch: 'Painted by the sketch painter, a stand-in for Stable Diffusion',
}

/** What a row's picture is a stand-in for, in words; undefined where it is the real thing. */
export function standInOf({ source_site }: Pick<WallItem, 'source_site'>): string | undefined {
  return Object.hasOwn(STAND_INS, source_site) ? STAND_INS[source_site] : undefined
}

/** Size in pixels for people; empty where unknown. */
export function sizeOf({ width, height }: Pick<WallItem, 'width' | 'height'>): string {
  return width > 0 && height > 0 ? `${width} × ${height}` : ''
}

/** A score for people: deviations above random rows. */
export function scoreOf({ score }: Pick<WallItem, 'score'>): string {
  return typeof score === 'number' ? `${score.toFixed(1)} σ` : ''
}

/** Who made a row, where it is not the dataset. */
export function originOf({ origin }: Pick<WallItem, 'origin'>): string {
  return origin === 'generated' ? 'painted here' : origin === 'refined' ? 'refined here' : ''
}

/** The facts of a row in one line. */
export function factsOf(item: WallItem): string {
  return [scoreOf(item), sizeOf(item), item.source_site, originOf(item)].filter(Boolean).join(' · ')
}
