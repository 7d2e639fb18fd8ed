import type { JSX } from 'preact'
import { justifiedRows, ratioOf } from './justified-rows.ts'
import { Wall, type WallLayout } from './wall.tsx'
import type { WallItem } from './wall-item.ts'
import { WallTile } from './wall-tile.tsx'

interface PictureWallProps {
  readonly items: readonly WallItem[]
  readonly label: string
  /** Whether prompt and facts stand below each picture, rather than on it under the pointer. */
  readonly captions: boolean
  readonly hrefOf: (item: WallItem) => string
  readonly onEnd: () => void
}

const CAPTION = 46

/** A wall of pictures in rows that fill the width. */
export function PictureWall({ captions, hrefOf, ...wall }: PictureWallProps): JSX.Element {
  return (
    <Wall
      {...wall}
      layout={captions ? withCaptions : withoutCaptions}
      draw={(placed) => <WallTile {...placed} href={hrefOf(placed.item)} captions={captions} />}
    />
  )
}

function withCaptions(items: readonly WallItem[], width: number): WallLayout {
  return layoutOf(items, width, CAPTION)
}

function withoutCaptions(items: readonly WallItem[], width: number): WallLayout {
  return layoutOf(items, width, 0)
}

function layoutOf(items: readonly WallItem[], width: number, caption: number): WallLayout {
  const gap = width < 600 ? 6 : 10
  const ratios = items.map((item) => ratioOf(item.width, item.height))
  return { rows: justifiedRows(ratios, { width, target: targetOf(width), gap, caption }), gap, caption }
}

/** Height of a row that suits the width. */
function targetOf(width: number): number {
  if (width < 600) return 190
  return width < 1100 ? 230 : 270
}
